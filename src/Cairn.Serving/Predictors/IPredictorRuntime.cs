namespace Cairn.Serving.Predictors;

/// <summary>A way to run models. One implementation each for ONNX in process, Python workers and containers; looked up by name.</summary>
public interface IPredictorRuntime
{
    /// <summary>How the image table refers to it.</summary>
    string Name { get; }

    /// <summary>Loads a model; returns when it can predict.</summary>
    /// <exception cref="Kernel.Errors.StatusException">It cannot be loaded, with the reason.</exception>
    Task<IPredictor> StartAsync(PredictorSpec spec, CancellationToken cancellation);
}
