using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Predictors;

/// <summary>A batch to predict.</summary>
/// <param name="Timeout">How long the predictor may work on it.</param>
public readonly record struct PredictionRequest(RepeatedField<Value> Instances, Value? Parameters, TimeSpan Timeout);
