using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Predictors;

/// <summary>A running model: what a <see cref="IPredictorRuntime"/> started. Safe for many requests at once.</summary>
public interface IPredictor : IAsyncDisposable
{
    /// <summary>Predicts a batch; adds one prediction for each instance to <paramref name="predictions"/>.</summary>
    /// <param name="request">The instances and parameters.</param>
    /// <param name="predictions">Receives the predictions.</param>
    /// <param name="cancellation">The call's: the client is gone, or its deadline has passed.</param>
    /// <exception cref="Kernel.Errors.StatusException">INVALID_ARGUMENT where an instance does not fit the model; UNAVAILABLE where the
    /// predictor died.</exception>
    ValueTask PredictAsync(PredictionRequest request, RepeatedField<Value> predictions, CancellationToken cancellation);

    /// <summary>
    /// Whether the model is in a process that takes <c>{"instances": […], "parameters": …}</c> and answers <c>{"predictions": […]}</c>, so
    /// that raw bytes are all it needs.
    /// </summary>
    bool TakesJson => false;

    /// <summary>Passes a body through to the model's server, whatever it is.</summary>
    ValueTask<RawReply> PredictRawAsync(RawBody body, TimeSpan timeout, CancellationToken cancellation);
}
