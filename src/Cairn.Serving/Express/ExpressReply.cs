using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Cairn.Engines.OnnxRuntime;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Express;

/// <summary>Writes a <c>PredictResponse</c> straight from a model's output.</summary>
internal static class ExpressReply
{
    private const byte PredictionsTag = (1 << 3) | 2;
    private const byte ListTag = (6 << 3) | 2;
    private const byte ItemTag = (1 << 3) | 2;
    private const byte NumberTag = (2 << 3) | 1;

    /// <summary>A <c>Value</c> with a number: its tag and the double.</summary>
    private const int NumberLength = 9;

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private static readonly ReplyTail NoTail = new(new PredictResponse());

    /// <summary>The answer to a raw body of rows of numbers; null where it is anything else, which is left to others.</summary>
    public static ReadOnlyMemory<byte>? Raw(ExpressModel model, ReadOnlySpan<byte> body, CancellationToken cancellation)
    {
        using var rows = new NumberRows(model.Shape, int.MaxValue);
        try
        {
            using var output = JsonRows.TryRead(body, rows) ? model.Run(rows, cancellation) : null;
            if (output is null || !CanWrite(output))
            {
                return null;
            }

            var reply = new ArrayBufferWriter<byte>();
            WriteJson(reply, output, NoTail);
            return reply.WrittenMemory;
        }
        catch (OnnxException)
        {
            return null;
        }
    }

    /// <summary>Whether all of it is numbers that JSON has.</summary>
    public static bool CanWrite(OnnxValue output)
    {
        foreach (var number in output.Span<float>())
        {
            if (!float.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }

    public static void WriteJson(IBufferWriter<byte> reply, OnnxValue output, ReplyTail tail)
    {
        using var json = new Utf8JsonWriter(reply, Options);
        var numbers = output.Span<float>();
        var width = output.Shape.Length == 1 ? 1 : (int)output.Shape[1];
        json.WriteStartObject();
        json.WriteStartArray("predictions"u8);
        for (var row = 0; row < (int)output.Shape[0]; row++)
        {
            if (output.Shape.Length == 1)
            {
                json.WriteNumberValue(DecimalText.Widen(numbers[row]));
                continue;
            }

            json.WriteStartArray();
            foreach (var number in numbers.Slice(row * width, width))
            {
                json.WriteNumberValue(DecimalText.Widen(number));
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.Flush();
        tail.WriteJson(reply);
    }

    public static void WriteWire(IBufferWriter<byte> reply, OnnxValue output, ReplyTail tail)
    {
        var numbers = output.Span<float>();
        var rows = (int)output.Shape[0];
        var flat = output.Shape.Length == 1;
        var width = flat ? 1 : (int)output.Shape[1];
        var list = width * (NumberLength + 2);
        var prediction = flat ? NumberLength : 1 + VarintLength(list) + list;
        var span = reply.GetSpan(rows * (1 + VarintLength(prediction) + prediction));
        var at = 0;
        for (var row = 0; row < rows; row++)
        {
            span[at++] = PredictionsTag;
            at += WriteVarint(span[at..], prediction);
            if (!flat)
            {
                span[at++] = ListTag;
                at += WriteVarint(span[at..], list);
            }

            foreach (var number in numbers.Slice(row * width, width))
            {
                if (!flat)
                {
                    span[at++] = ItemTag;
                    span[at++] = NumberLength;
                }

                span[at++] = NumberTag;
                BinaryPrimitives.WriteDoubleLittleEndian(span[at..], DecimalText.Widen(number));
                at += sizeof(double);
            }
        }

        reply.Advance(at);
        reply.Write(tail.Wire.Span);
    }

    private static int VarintLength(int value)
    {
        var length = 1;
        for (; value >= 0x80; value >>= 7)
        {
            length++;
        }

        return length;
    }

    private static int WriteVarint(Span<byte> target, int value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[at++] = (byte)(value | 0x80);
        }

        target[at++] = (byte)value;
        return at;
    }
}
