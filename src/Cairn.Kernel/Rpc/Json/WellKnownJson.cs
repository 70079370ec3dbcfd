using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>Writes a message's wire form in its type's own JSON form.</summary>
internal delegate void WellKnownWriter(Utf8JsonWriter json, ReadOnlySpan<byte> bytes);

/// <summary>The types whose JSON is not an object of their fields.</summary>
internal static class WellKnownJson
{
    private const long MinSeconds = -62_135_596_800; // 0001-01-01
    private const long MaxSeconds = 253_402_300_799; // 9999-12-31

    /// <summary>What is packed deeper is shown as bytes: the writer takes no more than a thousand levels.</summary>
    private const int MaxNesting = 400;

    public static WellKnownWriter? Of(string fullName) =>
        fullName switch
        {
            "google.protobuf.Any" => WriteAny,

            // In an Any it stands under `value`, without which the parsers of C# and Go refuse it; it is what deletions answer.
            "google.protobuf.Empty" => WriteEmpty,
            "google.protobuf.Timestamp" => WriteTimestamp,
            "google.protobuf.Duration" => WriteDuration,
            "google.protobuf.FieldMask" => WriteMask,
            "google.protobuf.Struct" => WriteStruct,
            "google.protobuf.Value" => WriteValue,
            "google.protobuf.ListValue" => WriteList,
            "google.protobuf.DoubleValue" => Wrapper(DoubleValue.Descriptor),
            "google.protobuf.FloatValue" => Wrapper(FloatValue.Descriptor),
            "google.protobuf.Int64Value" => Wrapper(Int64Value.Descriptor),
            "google.protobuf.UInt64Value" => Wrapper(UInt64Value.Descriptor),
            "google.protobuf.Int32Value" => Wrapper(Int32Value.Descriptor),
            "google.protobuf.UInt32Value" => Wrapper(UInt32Value.Descriptor),
            "google.protobuf.BoolValue" => Wrapper(BoolValue.Descriptor),
            "google.protobuf.StringValue" => Wrapper(StringValue.Descriptor),
            "google.protobuf.BytesValue" => Wrapper(BytesValue.Descriptor),
            _ => null,
        };

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }

    /// <summary>A scalar in a message of its own is written as the scalar.</summary>
    private static WellKnownWriter Wrapper(MessageDescriptor descriptor)
    {
        var field = new JsonField(descriptor.FindFieldByNumber(1));
        return (json, bytes) =>
        {
            var reader = new WireReader(bytes);
            if (!reader.AtEnd && reader.Tag() is (1, var form) && field.Takes(form))
            {
                WireJson.WriteValue(json, field, ref reader);
            }
            else
            {
                WireJson.WriteDefault(json, field);
            }
        };
    }

    /// <summary>
    /// An object with <c>@type</c> and the fields of what is inside; a well-known type stands under <c>value</c>, an unknown one there in
    /// base64.
    /// </summary>
    private static void WriteAny(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> type = [],
            value = [];
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            switch (number, form)
            {
                case (1, WireReader.Delimiter):
                    type = reader.Delimited();
                    break;
                case (2, WireReader.Delimiter):
                    value = reader.Delimited();
                    break;
                default:
                    reader.Skip(form);
                    break;
            }
        }

        json.WriteStartObject();
        if (!type.IsEmpty)
        {
            json.WriteString("@type"u8, type);
            var name = PreviewTypes.ToPublished(Encoding.UTF8.GetString(type));
            if (
                AnyTypes.Find(name[(name.LastIndexOf('/') + 1)..]) is not { } descriptor
                || json.CurrentDepth > MaxNesting
                || Packed(descriptor, value) is not { } packed
            )
            {
                json.WriteBase64String("value"u8, value);
                json.WriteEndObject();
                return;
            }

            using var canonical = new MessageBytes(packed);
            if (JsonShape.Of(descriptor) is { WellKnown: { } wellKnown })
            {
                json.WritePropertyName("value"u8);
                wellKnown(json, canonical.Span);
            }
            else
            {
                WireJson.WriteFields(json, JsonShape.Of(descriptor), canonical.Span);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// The packed message, or null where the bytes are none. They are as a client wrote them, with fields in any order and some twice: only
    /// what the runtime writes can be walked through once.
    /// </summary>
    private static IMessage? Packed(MessageDescriptor descriptor, ReadOnlySpan<byte> value)
    {
        try
        {
            return Store.StoredMessage.Read(descriptor.Parser.WithDiscardUnknownFields(true), value.ToArray());
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>
    /// RFC 3339 in UTC. A time outside the years 1 to 9999, which the format cannot say, is written as the nearest that it can.
    /// </summary>
    private static void WriteTimestamp(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        var (seconds, nanos) = SecondsAndNanos(bytes);
        var time = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, MinSeconds, MaxSeconds)).UtcDateTime;
        Span<char> text = stackalloc char[40];
        time.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        length += Fraction(text[length..], Math.Clamp(nanos, 0, 999_999_999));
        text[length++] = 'Z';
        json.WriteStringValue(text[..length]);
    }

    private static void WriteDuration(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        var (seconds, nanos) = SecondsAndNanos(bytes);
        Span<char> text = stackalloc char[40];
        var length = 0;
        if (seconds < 0 || nanos < 0)
        {
            text[length++] = '-';
        }

        ((UInt128)Int128.Abs(seconds)).TryFormat(text[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
        length += Fraction(text[length..], (int)Math.Min(Math.Abs((long)nanos), 999_999_999));
        text[length++] = 's';
        json.WriteStringValue(text[..length]);
    }

    /// <summary>Nothing, or a point and three, six or nine digits.</summary>
    private static int Fraction(Span<char> text, int nanos)
    {
        if (nanos == 0)
        {
            return 0;
        }

        var (value, digits) =
            nanos % 1_000_000 == 0 ? (nanos / 1_000_000, "D3")
            : nanos % 1_000 == 0 ? (nanos / 1_000, "D6")
            : (nanos, "D9");
        text[0] = '.';
        value.TryFormat(text[1..], out var written, digits, CultureInfo.InvariantCulture);
        return written + 1;
    }

    public static (long Seconds, int Nanos) SecondsAndNanos(ReadOnlySpan<byte> bytes)
    {
        long seconds = 0;
        var nanos = 0;
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            switch (reader.Tag())
            {
                case (1, 0):
                    seconds = (long)reader.Varint();
                    break;
                case (2, 0):
                    nanos = (int)reader.Varint();
                    break;
                case var (_, form):
                    reader.Skip(form);
                    break;
            }
        }

        return (seconds, nanos);
    }

    /// <summary>The paths with commas between, each in lowerCamelCase.</summary>
    private static void WriteMask(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            if (number != 1 || form != WireReader.Delimiter)
            {
                reader.Skip(form);
                continue;
            }

            if (text.Length > 0)
            {
                text.Append(',');
            }

            var upper = false;
            foreach (var character in Encoding.UTF8.GetString(reader.Delimited()))
            {
                if (character == '_')
                {
                    upper = true;
                    continue;
                }

                text.Append(upper ? char.ToUpperInvariant(character) : character);
                upper = false;
            }
        }

        json.WriteStringValue(text.ToString());
    }

    private static void WriteStruct(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject();
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            if (number != 1 || form != WireReader.Delimiter)
            {
                reader.Skip(form);
                continue;
            }

            ReadOnlySpan<byte> key = [],
                value = [];
            var entry = new WireReader(reader.Delimited());
            while (!entry.AtEnd)
            {
                if (entry.Tag().Field == 1)
                {
                    key = entry.Delimited();
                }
                else
                {
                    value = entry.Delimited();
                }
            }

            json.WritePropertyName(key);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartArray();
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            if (number == 1 && form == WireReader.Delimiter)
            {
                WriteValue(json, reader.Delimited());
            }
            else
            {
                reader.Skip(form);
            }
        }

        json.WriteEndArray();
    }

    /// <summary>Any JSON. A value of no kind is null.</summary>
    private static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        if (reader.AtEnd)
        {
            json.WriteNullValue();
            return;
        }

        switch (reader.Tag())
        {
            case (Value.NumberValueFieldNumber, 1):
                WireJson.WriteNumber(json, BitConverter.UInt64BitsToDouble(reader.Fixed64()));
                break;
            case (Value.StringValueFieldNumber, WireReader.Delimiter):
                json.WriteStringValue(reader.Delimited());
                break;
            case (Value.BoolValueFieldNumber, 0):
                json.WriteBooleanValue(reader.Varint() != 0);
                break;
            case (Value.StructValueFieldNumber, WireReader.Delimiter):
                WriteStruct(json, reader.Delimited());
                break;
            case (Value.ListValueFieldNumber, WireReader.Delimiter):
                WriteList(json, reader.Delimited());
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
