using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc.Json;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Json;

/// <summary>The JSON bodies of prediction: <c>{"instances": […], "parameters": …}</c> and <c>{"predictions": […]}</c>.</summary>
internal static class PredictionBodies
{
    /// <exception cref="StatusException">INVALID_ARGUMENT where the body is not of that form.</exception>
    public static (RepeatedField<Value> Instances, Value? Parameters) ReadRequest(ReadOnlySpan<byte> body)
    {
        JsonText.Require(body);
        var instances = new RepeatedField<Value>();
        Value? parameters = null;
        var found = false;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw BadRequest("it is no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isInstances = reader.ValueTextEquals("instances"u8);
                var isParameters = reader.ValueTextEquals("parameters"u8);
                reader.Read();
                if (isInstances)
                {
                    found = reader.TokenType == JsonTokenType.StartArray ? true : throw BadRequest("`instances` is no list");
                    ValueJson.ReadItems(ref reader, instances);
                }
                else if (isParameters)
                {
                    parameters = ValueJson.Read(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            // Nothing may follow: to read on is to find it.
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw BadRequest(e.Message);
        }

        return found ? (instances, parameters) : throw BadRequest("`instances` is missing");
    }

    /// <summary>The predictions of a container's or worker's reply.</summary>
    /// <exception cref="StatusException">INTERNAL where the reply is not of that form: the predictor is at fault.</exception>
    public static void ReadPredictions(ReadOnlySpan<byte> body, string predictor, RepeatedField<Value> predictions)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isPredictions = reader.ValueTextEquals("predictions"u8);
                    reader.Read();
                    if (isPredictions && reader.TokenType == JsonTokenType.StartArray)
                    {
                        ValueJson.ReadItems(ref reader, predictions);
                        return;
                    }

                    reader.Skip();
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or one with text that is none.
        }

        throw NoPredictions(predictor);
    }

    /// <summary>The error of a reply that is not of that form.</summary>
    public static StatusException NoPredictions(string predictor) =>
        new(Google.Rpc.Code.Internal, $"{predictor} answered something other than a JSON object with a list `predictions`.");

    /// <summary>The error of a batch without instances, which no runtime takes.</summary>
    public static StatusException Empty() => StatusException.InvalidArgument("`instances` is empty; give at least one.");

    /// <summary>Refuses parameters for a model that takes none: they would be without effect.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where there are some.</exception>
    public static void RequireNoParameters(Value? parameters)
    {
        switch (parameters)
        {
            case null
            or { KindCase: Value.KindOneofCase.None or Value.KindOneofCase.NullValue }
            or { KindCase: Value.KindOneofCase.StructValue, StructValue.Fields.Count: 0 }:
                return;
            case { KindCase: Value.KindOneofCase.StructValue }:
                throw StatusException.InvalidArgument(
                    $"`parameters` has '{parameters.StructValue.Fields.Keys.First()}'; ONNX models take no parameters. Leave it out."
                );
            default:
                throw StatusException.InvalidArgument("`parameters` must be an object.");
        }
    }

    private static StatusException BadRequest(string why) =>
        StatusException.InvalidArgument(
            $"The body must be a JSON object with a list `instances` (and `parameters`, where the model takes any): {why}."
        );
}
