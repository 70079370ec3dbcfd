using System.Text.Json;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Json;

/// <summary>
/// Writes protobuf values as JSON. A <see cref="Value"/> holds every number as a double; one that is whole is written as an integer, so
/// that a predictor sees
/// <c>3</c> where the client sent <c>3</c>.
/// </summary>
internal static class ValueWriter
{
    // Beyond it a double no longer tells neighbouring integers apart.
    private const double LargestExactInteger = 9_007_199_254_740_992;

    /// <summary><c>{"instances": […], "parameters": …}</c>, the body that prediction containers take.</summary>
    public static void WriteRequest(Utf8JsonWriter writer, RepeatedField<Value> instances, Value? parameters)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("instances"u8);
        foreach (var instance in instances)
        {
            Write(writer, instance);
        }

        writer.WriteEndArray();
        if (parameters is { KindCase: not (Value.KindOneofCase.None or Value.KindOneofCase.NullValue) })
        {
            writer.WritePropertyName("parameters"u8);
            Write(writer, parameters);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NumberValue:
                WriteNumber(writer, value.NumberValue);
                break;
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.ListValue:
                writer.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case Value.KindOneofCase.StructValue:
                writer.WriteStartObject();
                foreach (var (name, field) in value.StructValue.Fields)
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    public static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (double.IsInteger(number) && Math.Abs(number) <= LargestExactInteger)
        {
            writer.WriteNumberValue((long)number);
        }
        else if (double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            // As protobuf's JSON writes them.
            writer.WriteStringValue(SpecialNumbers.Text(number));
        }
    }
}
