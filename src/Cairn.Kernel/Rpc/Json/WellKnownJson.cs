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

    public static WellKnownWriter? Of(string fullName) => fullName switch
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
            if (reader.AtEnd)
            {
                WireJson.WriteDefault(json, field);
            }
            else
            {
                reader.Tag();
                WireJson.WriteValue(json, field, ref reader);
            }
        };
    }

    /// <summary>An object with <c>@type</c> and the fields of what is inside; a well-known type stands under <c>value</c>, an unknown one there in base64.</summary>
    private static void WriteAny(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> type = [], value = [];
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            switch (number)
            {
                case 1:
                    type = reader.Delimited();
                    break;
                case 2:
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
            if (AnyTypes.Find(name[(name.LastIndexOf('/') + 1)..]) is not { } descriptor || json.CurrentDepth > MaxNesting || !IsReadable(descriptor, value))
            {
                json.WriteBase64String("value"u8, value);
            }
            else if (JsonShape.Of(descriptor) is { WellKnown: { } wellKnown })
            {
                json.WritePropertyName("value"u8);
                wellKnown(json, value);
            }
            else
            {
                WireJson.WriteFields(json, JsonShape.Of(descriptor), value);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Whether packed bytes are what they are said to be. Requests are looked at; rows of earlier versions may hold anything.</summary>
    private static bool IsReadable(MessageDescriptor descriptor, ReadOnlySpan<byte> value)
    {
        try
        {
            Store.StoredMessage.Read(descriptor.Parser, value.ToArray());
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>RFC 3339 in UTC. A time outside the years 1 to 9999, which the format cannot say, is written as the nearest that it can.</summary>
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

        var (value, digits) = nanos % 1_000_000 == 0 ? (nanos / 1_000_000, "D3") : nanos % 1_000 == 0 ? (nanos / 1_000, "D6") : (nanos, "D9");
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
                    reader.SkipAny(form);
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
            if (number != 1)
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
            if (number != 1)
            {
                reader.Skip(form);
                continue;
            }

            ReadOnlySpan<byte> key = [], value = [];
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
            if (number == 1)
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

        switch (reader.Tag().Field)
        {
            case Value.NumberValueFieldNumber:
                WireJson.WriteNumber(json, BitConverter.UInt64BitsToDouble(reader.Fixed64()));
                break;
            case Value.StringValueFieldNumber:
                json.WriteStringValue(reader.Delimited());
                break;
            case Value.BoolValueFieldNumber:
                json.WriteBooleanValue(reader.Varint() != 0);
                break;
            case Value.StructValueFieldNumber:
                WriteStruct(json, reader.Delimited());
                break;
            case Value.ListValueFieldNumber:
                WriteList(json, reader.Delimited());
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
