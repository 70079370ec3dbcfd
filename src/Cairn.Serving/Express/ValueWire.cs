using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Cairn.Serving.Express;

/// <summary>
/// Writes a list of JSON as the predictions of a <c>PredictResponse</c>, in protobuf's wire form. A message is written behind its length,
/// so the JSON is read twice: first the lengths of its lists and objects are found, in the order in which they begin.
/// </summary>
/// <param name="list">A list, which has been looked through by <see cref="JsonBody"/>.</param>
internal sealed class ValueWire(ReadOnlyMemory<byte> list)
{
    private const byte PredictionsTag = (1 << 3) | 2;
    private const byte ItemTag = (1 << 3) | 2;
    private const byte EntryTag = (1 << 3) | 2;
    private const byte KeyTag = (1 << 3) | 2;
    private const byte EntryValueTag = (2 << 3) | 2;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 200 };

    private readonly List<int> _lengths = [];
    private int _next;

    public void Write(IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(list.Span, Options);
        reader.Read();
        Measure(ref reader);

        // The list itself is no value here, but a repeated field.
        _next = 1;
        reader = new Utf8JsonReader(list.Span, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            WriteField(output, PredictionsTag, ref reader);
        }
    }

    private static int Delimited(int length) => VarintLength(length) + length;

    private static int VarintLength(int value) =>
        value < 1 << 7 ? 1
        : value < 1 << 14 ? 2
        : value < 1 << 21 ? 3
        : value < 1 << 28 ? 4
        : 5;

    private static int TextLength(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Encoding.UTF8.GetByteCount(reader.GetString()!) : reader.ValueSpan.Length;

    /// <summary>How long the <c>Value</c> is that the reader stands on. Goes to its end.</summary>
    private int Measure(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return ScalarLength(ref reader);
        }

        var place = _lengths.Count;
        _lengths.Add(0);
        var length = 0;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = TextLength(ref reader);
                reader.Read();
                length += 1 + Delimited(EntryLength(name, Measure(ref reader)));
            }
            else
            {
                length += 1 + Delimited(Measure(ref reader));
            }
        }

        _lengths[place] = length;
        return 1 + Delimited(length);
    }

    private static int EntryLength(int name, int value) => 1 + Delimited(name) + 1 + Delimited(value);

    private static int ScalarLength(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => 1 + sizeof(double),
            JsonTokenType.String => 1 + Delimited(TextLength(ref reader)),
            _ => 2,
        };

    /// <summary>The length of the value that the reader stands on, whose lists and objects have been measured.</summary>
    private int Known(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject
            ? 1 + Delimited(_lengths[_next])
            : ScalarLength(ref reader);

    private void WriteField(IBufferWriter<byte> output, byte tag, ref Utf8JsonReader reader)
    {
        WriteLength(output, tag, Known(ref reader));
        WriteValue(output, ref reader);
    }

    private void WriteValue(IBufferWriter<byte> output, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                var number = output.GetSpan(1 + sizeof(double));
                number[0] = (2 << 3) | 1;
                BinaryPrimitives.WriteDoubleLittleEndian(number[1..], reader.GetDouble());
                output.Advance(1 + sizeof(double));
                break;
            case JsonTokenType.String:
                WriteText(output, (3 << 3) | 2, ref reader);
                break;
            case JsonTokenType.StartArray:
                WriteLength(output, (6 << 3) | 2, _lengths[_next++]);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    WriteField(output, ItemTag, ref reader);
                }

                break;
            case JsonTokenType.StartObject:
                WriteLength(output, (5 << 3) | 2, _lengths[_next++]);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    WriteEntry(output, ref reader);
                }

                break;
            default:
                var brief = output.GetSpan(2);
                brief[0] = reader.TokenType == JsonTokenType.Null ? (byte)(1 << 3) : (byte)(4 << 3);
                brief[1] = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
                output.Advance(2);
                break;
        }
    }

    private void WriteEntry(IBufferWriter<byte> output, ref Utf8JsonReader reader)
    {
        var name = reader;
        reader.Read();
        WriteLength(output, EntryTag, EntryLength(TextLength(ref name), Known(ref reader)));
        WriteText(output, KeyTag, ref name);
        WriteField(output, EntryValueTag, ref reader);
    }

    private static void WriteText(IBufferWriter<byte> output, byte tag, ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        WriteLength(output, tag, text.Length);
        output.Write(text);
    }

    private static void WriteLength(IBufferWriter<byte> output, byte tag, int length)
    {
        var span = output.GetSpan(6);
        span[0] = tag;
        var at = 1;
        for (; length >= 0x80; length >>= 7)
        {
            span[at++] = (byte)(length | 0x80);
        }

        span[at++] = (byte)length;
        output.Advance(at);
    }
}
