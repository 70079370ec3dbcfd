using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Rpc.Json;
using Google.Cloud.AIPlatform.V1;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Training.Pipelines;

/// <summary>
/// The task of training with the caller's own code:
/// <c>gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml</c>, whose inputs are a
/// <see cref="CustomJobSpec"/>. The Python SDK's CustomTrainingJob, CustomPythonPackageTrainingJob and CustomContainerTrainingJob send it.
/// </summary>
internal static partial class CustomTask
{
    /// <exception cref="StatusException">UNIMPLEMENTED for another task; INVALID_ARGUMENT for inputs that are no job.</exception>
    public static CustomJobSpec Read(TrainingPipeline pipeline)
    {
        if (pipeline.TrainingTaskDefinition.Length == 0)
        {
            throw StatusException.InvalidArgument(
                "`training_task_definition` is missing; it is the address of the task's definition, such as gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml."
            );
        }

        if (!Definition().IsMatch(pipeline.TrainingTaskDefinition))
        {
            throw StatusException.Unimplemented(
                $"`training_task_definition` is '{pipeline.TrainingTaskDefinition}'; this server trains with your own code (custom_task_1.0.0.yaml) so far."
            );
        }

        if (pipeline.TrainingTaskInputs is not { KindCase: Value.KindOneofCase.StructValue } inputs)
        {
            throw StatusException.InvalidArgument("`training_task_inputs` must be an object with `worker_pool_specs`.");
        }

        // Clients mix snake_case and camelCase, and numbers come as doubles: the JSON reader of messages takes all of it.
        var json = new ArrayBufferWriter<byte>();
        MessageJson.Write(json, inputs);
        try
        {
            return (CustomJobSpec)RpcJson.Parse(Encoding.UTF8.GetString(json.WrittenSpan), CustomJobSpec.Descriptor);
        }
        catch (StatusException error)
        {
            throw StatusException.InvalidArgument($"`training_task_inputs` is not what the custom task takes. {error.Message}");
        }
    }

    [GeneratedRegex(@"/custom_task_\d+\.\d+\.\d+\.yaml$", RegexOptions.CultureInvariant)]
    private static partial Regex Definition();
}
