using System.Buffers.Binary;
using System.Text;
using Cairn.Kernel.Bytes;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>
/// Consecutive lines of one replica's output, packed: the form that the agent's spool, the call that delivers lines, and the store have in
/// common. A frame is
/// <code>0x01, u32 length of the rest; attempt, ordinal, source's length, source, first number, first time, count; lines</code>
/// and a line is <c>nanoseconds since the line before, (length of the text × 16) + severity / 100, text</c>. Numbers are varints, texts
/// UTF-8.
/// </summary>
/// <param name="Attempt">The task's attempt, from 0 to <see cref="MaxOrdinal"/>.</param>
/// <param name="Ordinal">The replica's place in the gang, from 0 to <see cref="MaxOrdinal"/>.</param>
/// <param name="Source">The log that the lines belong to: the replica, or <c>service</c>.</param>
/// <param name="First">The number of the first line; the others count on from there. At most <see cref="MaxNumber"/>.</param>
/// <param name="Begins">The time of the first line, in nanoseconds since 1970. Times increase strictly from line to line.</param>
/// <param name="Ends">The time of the last, at most <see cref="MaxSpan"/> later.</param>
/// <param name="Count">How many lines there are, from 1 to <see cref="MaxLines"/>.</param>
/// <param name="Severity">The greatest severity of a line.</param>
/// <param name="Lines">The packed lines.</param>
internal sealed record LogBlock(
    int Attempt,
    int Ordinal,
    string Source,
    long First,
    long Begins,
    long Ends,
    int Count,
    LogSeverity Severity,
    ReadOnlyMemory<byte> Lines
)
{
    public const byte Mark = 1;
    public const int MaxLines = 4096;

    /// <summary>A block is closed when its lines have this many bytes, so that it has at most a line more.</summary>
    public const int FullBytes = 64 << 10;

    /// <summary>
    /// The most bytes of a frame's rest. A line of the splitter's has 32 KiB, three times that where every byte of it had to be replaced.
    /// </summary>
    public const int MaxBytes = 256 << 10;

    public const int MaxOrdinal = 0xFFF;
    public const long MaxNumber = (1L << 40) - 1;

    /// <summary>The mark and the length that stand before the rest.</summary>
    public const int FrameStart = 1 + sizeof(uint);

    /// <summary>
    /// The time from a block's first line to its last, in nanoseconds, is at most a minute: so a reader that begins within a block knows
    /// how far to look back.
    /// </summary>
    public const long MaxSpan = 60_000_000_000;

    private const int SeverityStep = 100;

    /// <summary>The number of the last line.</summary>
    public long Last => First + Count - 1;

    /// <summary>The whole frame at the start of the bytes, or null where it has not been written to its end.</summary>
    /// <exception cref="InvalidDataException">What stands there is no frame; the message says why.</exception>
    public static (LogBlock Block, int Length)? TryReadFrame(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return null;
        }

        if (bytes.Span[0] != Mark)
        {
            throw new InvalidDataException("The lines do not begin with a frame.");
        }

        if (bytes.Length < FrameStart)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[1..]);
        if (length > MaxBytes)
        {
            throw new InvalidDataException($"A frame says that it has {length} bytes; at most {MaxBytes} are allowed.");
        }

        return bytes.Length < FrameStart + (int)length ? null : (Parse(bytes.Slice(FrameStart, (int)length)), FrameStart + (int)length);
    }

    /// <summary>The lines, first to last.</summary>
    public IEnumerable<PackedLine> Read()
    {
        var at = 0;
        var time = Begins;
        for (var i = 0; i < Count; i++)
        {
            time += (long)Varint.Take(Lines.Span, ref at);
            var head = Varint.Take(Lines.Span, ref at);
            var length = (int)(head >> 4);
            yield return new PackedLine(First + i, time, (LogSeverity)((int)(head & 0xF) * SeverityStep), Lines.Slice(at, length));
            at += length;
        }
    }

    /// <summary>The block's frame.</summary>
    public byte[] ToFrame() => LogBlockWriter.Frame(this);

    /// <summary>What is left of the block without the lines of some numbers, as blocks.</summary>
    /// <param name="ranges">The first and last number of each range.</param>
    public IReadOnlyList<LogBlock> Without(IReadOnlyList<(long First, long Last)> ranges)
    {
        var parts = new List<LogBlock>();
        var writer = new LogBlockWriter(Attempt, Ordinal, Source);
        void Close()
        {
            if (writer.Count > 0)
            {
                parts.Add(TryReadFrame(writer.Finish())!.Value.Block);
            }
        }

        foreach (var line in Read())
        {
            if (ranges.Any(range => line.Number >= range.First && line.Number <= range.Last))
            {
                Close();
            }
            else
            {
                writer.Add(line);
            }
        }

        Close();
        return parts;
    }

    /// <summary>Where a line's head says its severity.</summary>
    internal static ulong Head(int length, LogSeverity severity) => ((ulong)(uint)length << 4) | (uint)((int)severity / SeverityStep);

    /// <summary>Reads what another process wrote, and believes none of it unseen.</summary>
    private static LogBlock Parse(ReadOnlyMemory<byte> rest)
    {
        var bytes = rest.Span;
        var at = 0;
        var attempt = Number(bytes, ref at, MaxOrdinal, "attempt");
        var ordinal = Number(bytes, ref at, MaxOrdinal, "ordinal");
        var source = Text(bytes, ref at, Number(bytes, ref at, 512, "length of a source"));
        var first = Number(bytes, ref at, MaxNumber, "line's number");
        var begins = Number(bytes, ref at, long.MaxValue - MaxSpan, "time");
        var count = Number(bytes, ref at, MaxLines, "count of lines");
        if (count == 0 || first + count - 1 > MaxNumber)
        {
            throw new InvalidDataException("A frame has no lines, or numbers them too high.");
        }

        var start = at;
        var (ends, severity) = (begins, 0);
        for (var i = 0; i < count; i++)
        {
            var later = Number(bytes, ref at, MaxSpan, "time between lines");
            var head = Varint.Take(bytes, ref at);
            ends += later;
            severity = Math.Max(severity, (int)(head & 0xF));
            if (i == 0 ? later != 0 : later == 0 || ends - begins > MaxSpan)
            {
                throw new InvalidDataException("The times of a frame's lines do not increase, or take more than a minute.");
            }

            var length = head >> 4;
            if (length > (ulong)(bytes.Length - at) || !System.Text.Unicode.Utf8.IsValid(bytes.Slice(at, (int)length)))
            {
                throw new InvalidDataException("A frame ends within a line, or has a line that is not UTF-8.");
            }

            at += (int)length;
        }

        return at == bytes.Length && severity <= (int)LogSeverity.Emergency / SeverityStep
            ? new LogBlock(
                (int)attempt,
                (int)ordinal,
                source,
                first,
                begins,
                ends,
                (int)count,
                (LogSeverity)(severity * SeverityStep),
                rest[start..]
            )
            : throw new InvalidDataException("A frame has bytes behind its lines, or a severity that there is not.");
    }

    private static long Number(ReadOnlySpan<byte> bytes, ref int at, long most, string what) =>
        Varint.Take(bytes, ref at) is var value && value <= (ulong)most
            ? (long)value
            : throw new InvalidDataException($"A frame has the {what} {value}; it is at most {most}.");

    private static string Text(ReadOnlySpan<byte> bytes, ref int at, long length)
    {
        if (length > bytes.Length - at || !System.Text.Unicode.Utf8.IsValid(bytes.Slice(at, (int)length)))
        {
            throw new InvalidDataException("A frame ends within its source, or the source is not UTF-8.");
        }

        var text = Encoding.UTF8.GetString(bytes.Slice(at, (int)length));
        at += (int)length;
        return text;
    }
}
