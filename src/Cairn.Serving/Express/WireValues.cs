using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;
using Cairn.Serving.Json;

namespace Cairn.Serving.Express;

/// <summary>
/// Writes a <c>PredictRequest</c> of <c>prediction_service.proto</c> as the JSON that predictors take, straight from its wire form
/// (<c>google/protobuf/struct.proto</c> has the fields of values). The bytes are a stranger's: false is answered where they are anything
/// unusual, and what was written until then is worth nothing.
/// </summary>
internal ref struct WireValues
{
    private const int MaxDepth = 100;

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private ReadOnlySpan<byte> _rest;

    private WireValues(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public static bool TryWriteRequest(ReadOnlySpan<byte> message, int most, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        var fields = new WireValues(message);
        ReadOnlySpan<byte> parameters = [];
        var count = 0;
        var hasParameters = false;
        json.WriteStartObject();
        json.WriteStartArray("instances"u8);
        while (!fields._rest.IsEmpty)
        {
            if (!fields.TryVarint(out var tag) || !fields.TryDelimited(out var value))
            {
                return false;
            }

            switch (tag)
            {
                // The endpoint, which has been read.
                case (1 << 3) | 2:
                    break;
                case (2 << 3) | 2 when ++count <= most && TryValue(json, value, 0):
                    break;
                case (3 << 3) | 2 when !hasParameters:
                    parameters = value;
                    hasParameters = true;
                    break;
                default:
                    return false;
            }
        }

        json.WriteEndArray();
        if (hasParameters)
        {
            json.WritePropertyName("parameters"u8);
            if (!TryValue(json, parameters, 0))
            {
                return false;
            }
        }

        json.WriteEndObject();
        return count > 0;
    }

    private static bool TryValue(Utf8JsonWriter json, ReadOnlySpan<byte> bytes, int depth)
    {
        var reader = new WireValues(bytes);
        if (bytes.IsEmpty)
        {
            json.WriteNullValue();
            return true;
        }

        if (depth > MaxDepth || !reader.TryVarint(out var tag))
        {
            return false;
        }

        switch (tag)
        {
            case 1 << 3 when reader.TryVarint(out _):
                json.WriteNullValue();
                break;
            case (2 << 3) | 1 when reader._rest.Length >= sizeof(double):
                ValueWriter.WriteNumber(json, BinaryPrimitives.ReadDoubleLittleEndian(reader._rest));
                reader._rest = reader._rest[sizeof(double)..];
                break;
            case (3 << 3) | 2 when reader.TryDelimited(out var text) && Utf8.IsValid(text):
                json.WriteStringValue(text);
                break;
            case 4 << 3 when reader.TryVarint(out var truth):
                json.WriteBooleanValue(truth != 0);
                break;
            case (5 << 3) | 2 when reader.TryDelimited(out var fields) && TryFields(json, fields, depth):
            case (6 << 3) | 2 when reader.TryDelimited(out var items) && TryItems(json, items, depth):
                break;
            default:
                return false;
        }

        return reader._rest.IsEmpty;
    }

    private static bool TryItems(Utf8JsonWriter json, ReadOnlySpan<byte> list, int depth)
    {
        var reader = new WireValues(list);
        json.WriteStartArray();
        while (!reader._rest.IsEmpty)
        {
            if (
                !reader.TryVarint(out var tag)
                || tag != ((1 << 3) | 2)
                || !reader.TryDelimited(out var item)
                || !TryValue(json, item, depth + 1)
            )
            {
                return false;
            }
        }

        json.WriteEndArray();
        return true;
    }

    private static bool TryFields(Utf8JsonWriter json, ReadOnlySpan<byte> fields, int depth)
    {
        var reader = new WireValues(fields);
        json.WriteStartObject();
        while (!reader._rest.IsEmpty)
        {
            if (!reader.TryVarint(out var tag) || tag != ((1 << 3) | 2) || !reader.TryDelimited(out var entry))
            {
                return false;
            }

            // Every client writes the key and then the value.
            var pair = new WireValues(entry);
            if (
                !pair.TryVarint(out var first)
                || first != ((1 << 3) | 2)
                || !pair.TryDelimited(out var name)
                || !Utf8.IsValid(name)
                || !pair.TryVarint(out var second)
                || second != ((2 << 3) | 2)
                || !pair.TryDelimited(out var value)
                || !pair._rest.IsEmpty
            )
            {
                return false;
            }

            json.WritePropertyName(name);
            if (!TryValue(json, value, depth + 1))
            {
                return false;
            }
        }

        json.WriteEndObject();
        return true;
    }

    private bool TryDelimited(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryVarint(out var length) || length > (ulong)_rest.Length)
        {
            return false;
        }

        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        var shift = 0;
        for (var at = 0; at < _rest.Length && shift < 64; at++, shift += 7)
        {
            value |= (ulong)(_rest[at] & 0x7F) << shift;
            if (_rest[at] < 0x80)
            {
                _rest = _rest[(at + 1)..];
                return true;
            }
        }

        return false;
    }
}
