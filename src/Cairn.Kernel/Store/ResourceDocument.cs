using System.Buffers;
using System.Collections;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store;

/// <summary>
/// The searchable form of a message: JSON with proto field names, made for comparison in SQL. Times are microseconds, durations seconds,
/// booleans 0 and 1, 64-bit integers numbers, enums names; bytes and packed <c>Any</c>s are left out, and so is what the kind calls
/// unsearchable.
/// </summary>
internal static class ResourceDocument
{
    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(IMessage message, IReadOnlySet<string> unsearchable)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            WriteMessage(json, message, unsearchable);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMessage(Utf8JsonWriter json, IMessage message, IReadOnlySet<string>? skip)
    {
        json.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (skip is not null && skip.Contains(field.Name))
            {
                continue;
            }

            if (field.IsMap)
            {
                WriteMap(json, field, (IDictionary)field.Accessor.GetValue(message));
            }
            else if (field.IsRepeated)
            {
                WriteList(json, field, (IList)field.Accessor.GetValue(message));
            }
            else if (field.HasPresence ? field.Accessor.HasValue(message) : field.FieldType != FieldType.Bytes)
            {
                var value = field.Accessor.GetValue(message);
                if (IsSearchable(field) && !IsDefault(value))
                {
                    json.WritePropertyName(field.Name);
                    WriteValue(json, field, value);
                }
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Defaults are left out; the comparison supplies them.</summary>
    private static bool IsDefault(object value) => value is string { Length: 0 } or 0 or 0L or false or 0d or 0f or 0u or 0ul;

    private static bool IsSearchable(FieldDescriptor field) =>
        field.FieldType != FieldType.Bytes
        && !(field.FieldType == FieldType.Message && field.MessageType.FullName == Any.Descriptor.FullName);

    private static void WriteMap(Utf8JsonWriter json, FieldDescriptor field, IDictionary map)
    {
        var valueField = field.MessageType.FindFieldByNumber(2);
        if (map.Count == 0 || !IsSearchable(valueField))
        {
            return;
        }

        json.WriteStartObject(field.Name);
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName(Clean(entry.Key.ToString()!));
            WriteValue(json, valueField, entry.Value!);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, FieldDescriptor field, IList list)
    {
        if (list.Count == 0 || !IsSearchable(field))
        {
            return;
        }

        json.WriteStartArray(field.Name);
        foreach (var item in list)
        {
            WriteValue(json, field, item!);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(Clean(text));
                break;
            case bool flag:
                json.WriteNumberValue(flag ? 1 : 0);
                break;
            case int number when field.FieldType == FieldType.Enum:
                WriteEnum(json, field, number);
                break;
            case System.Enum symbol:
                WriteEnum(json, field, Convert.ToInt32(symbol, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case uint number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case float number:
                WriteNumber(json, number);
                break;
            case double number:
                WriteNumber(json, number);
                break;
            case IMessage message:
                WriteWellKnown(json, message);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void WriteEnum(Utf8JsonWriter json, FieldDescriptor field, int number) =>
        json.WriteStringValue(
            field.EnumType.FindValueByNumber(number)?.Name ?? number.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

    private static void WriteNumber(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteWellKnown(Utf8JsonWriter json, IMessage message)
    {
        switch (message)
        {
            case Timestamp time:
                json.WriteNumberValue(Timestamps.ToMicros(time));
                break;
            case Duration duration:
                json.WriteNumberValue(duration.Seconds + (duration.Nanos / 1e9));
                break;
            case Google.Rpc.Status status:
                // The record of how something ended must never be refused, and its sentence may repeat what somebody sent.
                WriteMessage(json, new Google.Rpc.Status(status) { Message = status.Message.Replace('\0', '\uFFFD') }, null);
                break;
            case Struct structure:
                json.WriteStartObject();
                foreach (var (key, value) in structure.Fields)
                {
                    json.WritePropertyName(Clean(key));
                    WriteDynamic(json, value);
                }

                json.WriteEndObject();
                break;
            case Value value:
                WriteDynamic(json, value);
                break;
            case ListValue list:
                WriteDynamic(json, Value.ForList([.. list.Values]));
                break;
            default:
                WriteMessage(json, message, null);
                break;
        }
    }

    private static void WriteDynamic(Utf8JsonWriter json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(Clean(value.StringValue));
                break;
            case Value.KindOneofCase.NumberValue:
                WriteNumber(json, value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                // As text, so that both engines compare it alike.
                json.WriteStringValue(value.BoolValue ? "true" : "false");
                break;
            case Value.KindOneofCase.StructValue:
                WriteWellKnown(json, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                json.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    WriteDynamic(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static string Clean(string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw StatusException.InvalidArgument("The text contains a NUL character, which cannot be stored.")
            : text;
}
