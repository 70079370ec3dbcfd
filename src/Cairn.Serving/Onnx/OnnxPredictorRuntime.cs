using Cairn.Engines.OnnxRuntime;
using Cairn.Kernel.Errors;
using Cairn.Models;
using Cairn.Models.Runtimes;
using Cairn.Serving.Predictors;

namespace Cairn.Serving.Onnx;

/// <summary>Runs ONNX models in the server's own process: they are data, not code.</summary>
public sealed class OnnxPredictorRuntime(ModelRegistry registry, ServingOptions options) : IPredictorRuntime
{
    public string Name => "onnx";

    public async Task<IPredictor> StartAsync(PredictorSpec spec, CancellationToken cancellation)
    {
        var artifacts =
            spec.Model.Artifacts
            ?? throw StatusException.FailedPrecondition(
                $"Model '{spec.Model.Name}' has no `artifact_uri` to load '{ServableFiles.Onnx}' from."
            );
        var folder = await registry.OpenFilesAsync(artifacts, cancellation);
        OnnxSession session;
        try
        {
            session = await Task.Run(
                () =>
                    OnnxSession.Open(
                        Path.Combine(folder, ServableFiles.Onnx),
                        new OnnxSessionOptions { IntraOpThreads = options.OnnxThreads }
                    ),
                cancellation
            );
        }
        catch (OnnxException e)
        {
            throw StatusException.FailedPrecondition(
                $"'{ServableFiles.Onnx}' of model '{spec.Model.Name}' does not load: {e.Message.Replace(folder + "/", "", StringComparison.Ordinal)}"
            );
        }

        try
        {
            return new OnnxPredictor(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
