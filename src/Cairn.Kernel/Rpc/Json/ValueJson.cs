using System.Text.Json;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>Reads JSON into protobuf values, straight from its bytes.</summary>
public static class ValueJson
{
    /// <summary>Reads the value that the reader stands on, and moves to its end.</summary>
    /// <exception cref="JsonException">The text is not JSON, or has a number that is too large.</exception>
    /// <exception cref="InvalidOperationException">A text has half of a surrogate pair, or is not UTF-8.</exception>
    public static Value Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return new Value { NumberValue = Number(ref reader) };
            case JsonTokenType.String:
                return new Value { StringValue = reader.GetString() };
            case JsonTokenType.True:
                return new Value { BoolValue = true };
            case JsonTokenType.False:
                return new Value { BoolValue = false };
            case JsonTokenType.StartArray:
                var list = new ListValue();
                ReadItems(ref reader, list.Values);
                return new Value { ListValue = list };
            case JsonTokenType.StartObject:
                var fields = new Struct();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    fields.Fields[name] = Read(ref reader);
                }

                return new Value { StructValue = fields };
            default:
                return new Value { NullValue = NullValue.NullValue };
        }
    }

    /// <summary>Reads the array that the reader stands on into <paramref name="values"/>.</summary>
    public static void ReadItems(ref Utf8JsonReader reader, RepeatedField<Value> values)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.Add(Read(ref reader));
        }
    }

    private static double Number(ref Utf8JsonReader reader)
    {
        var number = reader.GetDouble();
        return double.IsFinite(number) ? number : throw new JsonException("a number is too large for 64 bits");
    }
}
