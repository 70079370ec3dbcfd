using System.Buffers.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>
/// Walks a message's wire form and writes its proto3 JSON (<c>protobuf.dev/programming-guides/json</c>). Generated code writes fields in
/// the order of their numbers and the items of a list one after the other, which is why one pass is enough; defaults are absent there, as
/// they are in JSON.
/// </summary>
internal static class WireJson
{
    public static void WriteMessage(Utf8JsonWriter json, JsonShape shape, ReadOnlySpan<byte> bytes)
    {
        if (shape.WellKnown is { } wellKnown)
        {
            wellKnown(json, bytes);
            return;
        }

        json.WriteStartObject();
        WriteFields(json, shape, bytes);
        json.WriteEndObject();
    }

    public static void WriteFields(Utf8JsonWriter json, JsonShape shape, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        JsonField? open = null;
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            if (shape.Field(number) is not { } field || !field.Takes(form))
            {
                reader.Skip(form);
                continue;
            }

            if (!ReferenceEquals(field, open))
            {
                Close(json, open);
                open = Open(json, field);
            }

            if (field.IsMap)
            {
                WriteEntry(json, field.Message, reader.Delimited());
            }
            else if (field.IsRepeated && form == 2 && IsPackable(field.Type))
            {
                var packed = new WireReader(reader.Delimited());
                while (!packed.AtEnd)
                {
                    WriteValue(json, field, ref packed);
                }
            }
            else
            {
                WriteValue(json, field, ref reader);
            }
        }

        Close(json, open);
    }

    private static JsonField? Open(Utf8JsonWriter json, JsonField field)
    {
        json.WritePropertyName(field.Name);
        if (field.IsMap)
        {
            json.WriteStartObject();
            return field;
        }

        if (field.IsRepeated)
        {
            json.WriteStartArray();
            return field;
        }

        return null;
    }

    private static void Close(Utf8JsonWriter json, JsonField? open)
    {
        if (open is null)
        {
            return;
        }

        if (open.IsMap)
        {
            json.WriteEndObject();
        }
        else
        {
            json.WriteEndArray();
        }
    }

    private static bool IsPackable(FieldType type) =>
        type is not (FieldType.String or FieldType.Bytes or FieldType.Message or FieldType.Group);

    /// <summary>A key or value that is its type's default is absent.</summary>
    private static void WriteEntry(Utf8JsonWriter json, JsonShape entry, ReadOnlySpan<byte> bytes)
    {
        var (key, value) = (entry.Field(1)!, entry.Field(2)!);
        var reader = new WireReader(bytes);
        var form = 0;
        var number = 0;
        if (!reader.AtEnd)
        {
            (number, form) = reader.Tag();
        }

        if (number == 1)
        {
            WriteKey(json, key, ref reader);
            number = reader.AtEnd ? 0 : reader.Tag().Field;
        }
        else
        {
            json.WritePropertyName(
                key.Type switch
                {
                    FieldType.String => "",
                    FieldType.Bool => "false",
                    _ => "0",
                }
            );
        }

        if (number == 2)
        {
            WriteValue(json, value, ref reader);
        }
        else
        {
            WriteDefault(json, value);
        }
    }

    private static void WriteKey(Utf8JsonWriter json, JsonField key, ref WireReader reader)
    {
        if (key.Type == FieldType.String)
        {
            json.WritePropertyName(reader.Delimited());
            return;
        }

        if (key.Type == FieldType.Bool)
        {
            json.WritePropertyName(reader.Varint() != 0 ? "true"u8 : "false"u8);
            return;
        }

        Span<byte> text = stackalloc byte[20];
        var written = IsUnsigned(key.Type) ? Format(text, Unsigned(key.Type, ref reader)) : Format(text, Signed(key.Type, ref reader));
        json.WritePropertyName(text[..written]);
    }

    public static void WriteDefault(Utf8JsonWriter json, JsonField field)
    {
        switch (field.Type)
        {
            case FieldType.Message:
                WriteMessage(json, field.Message, []);
                break;
            case FieldType.String or FieldType.Bytes:
                json.WriteStringValue(""u8);
                break;
            case FieldType.Bool:
                json.WriteBooleanValue(false);
                break;
            case FieldType.Enum:
                WriteEnum(json, field, 0);
                break;
            case FieldType.Int64 or FieldType.UInt64 or FieldType.SInt64 or FieldType.Fixed64 or FieldType.SFixed64:
                json.WriteStringValue("0"u8);
                break;
            default:
                json.WriteNumberValue(0);
                break;
        }
    }

    public static void WriteValue(Utf8JsonWriter json, JsonField field, ref WireReader reader)
    {
        switch (field.Type)
        {
            case FieldType.String:
                json.WriteStringValue(reader.Delimited());
                break;
            case FieldType.Message:
                WriteMessage(json, field.Message, reader.Delimited());
                break;
            case FieldType.Bytes:
                json.WriteBase64StringValue(reader.Delimited());
                break;
            case FieldType.Bool:
                json.WriteBooleanValue(reader.Varint() != 0);
                break;
            case FieldType.Enum:
                WriteEnum(json, field, (int)reader.Varint());
                break;
            case FieldType.Double:
                WriteNumber(json, BitConverter.UInt64BitsToDouble(reader.Fixed64()));
                break;
            case FieldType.Float:
                WriteNumber(json, BitConverter.UInt32BitsToSingle(reader.Fixed32()));
                break;
            case FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32:
                json.WriteNumberValue(Signed(field.Type, ref reader));
                break;
            case FieldType.UInt32 or FieldType.Fixed32:
                json.WriteNumberValue(Unsigned(field.Type, ref reader));
                break;
            // JavaScript's numbers cannot hold 64 bits.
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                Span<byte> signed = stackalloc byte[20];
                json.WriteStringValue(signed[..Format(signed, Signed(field.Type, ref reader))]);
                break;
            case FieldType.UInt64 or FieldType.Fixed64:
                Span<byte> unsigned = stackalloc byte[20];
                json.WriteStringValue(unsigned[..Format(unsigned, Unsigned(field.Type, ref reader))]);
                break;
            default:
                throw new InvalidOperationException($"The field {field.Name} has the type {field.Type}, which proto3 does not have.");
        }
    }

    private static bool IsUnsigned(FieldType type) =>
        type is FieldType.UInt32 or FieldType.UInt64 or FieldType.Fixed32 or FieldType.Fixed64;

    private static long Signed(FieldType type, ref WireReader reader) =>
        type switch
        {
            FieldType.SFixed32 => (int)reader.Fixed32(),
            FieldType.SFixed64 => (long)reader.Fixed64(),
            FieldType.SInt32 or FieldType.SInt64 => Unfold(reader.Varint()),
            FieldType.Int32 => (int)reader.Varint(),
            _ => (long)reader.Varint(),
        };

    private static ulong Unsigned(FieldType type, ref WireReader reader) =>
        type switch
        {
            FieldType.Fixed32 => reader.Fixed32(),
            FieldType.Fixed64 => reader.Fixed64(),
            FieldType.UInt32 => (uint)reader.Varint(),
            _ => reader.Varint(),
        };

    /// <summary>Zigzag: 0, -1, 1, -2, … are written as 0, 1, 2, 3, …</summary>
    private static long Unfold(ulong folded) => (long)(folded >> 1) ^ -(long)(folded & 1);

    private static int Format(Span<byte> text, long number)
    {
        Utf8Formatter.TryFormat(number, text, out var written);
        return written;
    }

    private static int Format(Span<byte> text, ulong number)
    {
        Utf8Formatter.TryFormat(number, text, out var written);
        return written;
    }

    private static void WriteEnum(Utf8JsonWriter json, JsonField field, int number)
    {
        if (field.IsNull)
        {
            json.WriteNullValue();
        }
        else if (field.Symbols.TryGetValue(number, out var symbol))
        {
            json.WriteStringValue(symbol);
        }
        else
        {
            json.WriteNumberValue(number);
        }
    }

    public static void WriteNumber(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(
                double.IsNaN(number) ? "NaN"u8
                : number > 0 ? "Infinity"u8
                : "-Infinity"u8
            );
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, float number)
    {
        if (float.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            WriteNumber(json, (double)number);
        }
    }
}
