using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Training.Pipelines;

/// <summary>The job of a pipeline.</summary>
internal static class TrainingJob
{
    private const string Suffix = "-custom-job";

    public static CustomJob Of(TrainingPipeline pipeline, CustomJobSpec spec)
    {
        var own = Characters.Cut(pipeline.DisplayName, PipelineService.MaxDisplayName - Suffix.Length);
        return new CustomJob
        {
            DisplayName = own + Suffix,
            JobSpec = spec,
            EncryptionSpec = pipeline.EncryptionSpec?.Clone(),
            Labels = { pipeline.Labels },
        };
    }

    /// <summary>Says in the pipeline which job is its.</summary>
    public static void Name(TrainingPipeline pipeline, string job) =>
        pipeline.TrainingTaskMetadata = Value.ForStruct(new Struct { Fields = { ["backingCustomJob"] = Value.ForString(job) } });
}
