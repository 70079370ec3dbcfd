using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cairn.Imports;

/// <summary>
/// Values of a configuration as Sacred writes them: JSON, in which a tuple or set of Python's is an object with one member that says so, as
/// jsonpickle has it. Nothing is made of such an object but
/// the list in it. Numbers keep their digits, however many they are.
/// </summary>
internal static class SacredValue
{
    private static readonly JsonWriterOptions Output = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The list of an object that is a tuple or a set; null of anything else.</summary>
    public static JsonElement? Sequence(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Take(2).ToList() is not [var only])
        {
            return null;
        }

        return only is { Name: "py/tuple" or "py/set", Value.ValueKind: JsonValueKind.Array } ? only.Value : null;
    }

    /// <summary>A value as JSON, with tuples and sets as lists.</summary>
    public static string Text(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Output))
        {
            Write(json, element);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, JsonElement element)
    {
        var value = Sequence(element) ?? element;
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    Write(json, property.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Number:
                json.WriteRawValue(value.GetRawText());
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
