using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Serving.Prediction;
using Google.Cloud.ML.V1;
using Google.Protobuf.Reflection;
using Version = Google.Cloud.ML.V1.Version;
using Vertex = Google.Cloud.AIPlatform.V1;

namespace Cairn.Classic.Models;

/// <summary>Predictions by a model's default version, or by a version that the caller names.</summary>
internal sealed class OnlinePrediction(IDatabase database, ModelReads reads, PredictionService predictions) : IRpcService
{
    public ServiceDescriptor Descriptor => ModelServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("OnlinePredictionService");

    [Permission("ml.versions.predict")]
    public async Task<PredictResponse> Predict(PredictRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var (endpoint, deployed) = await database.ReadAsync(session => Find(session, request.Name), context.Cancellation);
        if (request.SignatureName.Length > 0 && request.SignatureName != "serving_default")
        {
            throw StatusException.Unimplemented(
                $"`signature_name` is '{request.SignatureName}'; models are called by their default signature."
            );
        }

        var call = new Vertex.PredictRequest { Endpoint = endpoint, Parameters = request.Parameters };
        call.Instances.AddRange(request.Instances);
        var answer = await predictions.PredictAsync(call, deployed, context);
        return new PredictResponse { Predictions = { answer.Predictions } };
    }

    private (string Endpoint, string Deployed) Find(ISqlSession session, string text)
    {
        if (!text.Contains("/versions/", StringComparison.Ordinal))
        {
            var name = ModelName.Parse(text, "name");
            var (_, own) = reads.Model(session, name);
            text =
                own.DefaultVersion.Length > 0
                    ? own.DefaultVersion
                    : throw StatusException.FailedPrecondition($"Model '{name.Id}' has no version that serves; create one first.");
        }

        var version = VersionName.Parse(text);
        var (found, row) = reads.Version(session, version);
        return found.State == Version.Types.State.Ready
            ? (reads.Model(session, version.Model).Row.Endpoint, row.Deployed)
            : throw StatusException.FailedPrecondition(
                $"Version '{version.Id}' of model '{version.Model.Id}' is in the state {found.State.ToString().ToUpperInvariant()}. {found.ErrorMessage}".TrimEnd()
            );
    }
}
