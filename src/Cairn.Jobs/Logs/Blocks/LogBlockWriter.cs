using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Cairn.Kernel.Bytes;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>Packs lines into a <see cref="LogBlock"/>'s frame.</summary>
internal sealed class LogBlockWriter(int attempt, int ordinal, string source)
{
    private const int MaxHead = 2 * Varint.MaxLength;

    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private long _first;
    private long _begins;
    private long _last;

    public string Source => source;

    public int Count { get; private set; }

    /// <summary>Whether one more line of that time may be added.</summary>
    public bool Takes(long nanoseconds) =>
        Count == 0 || (Count < LogBlock.MaxLines && _lines.WrittenCount < LogBlock.FullBytes && nanoseconds - _begins <= LogBlock.MaxSpan);

    /// <summary>Adds a line, whose number follows on the last one's and whose time is later.</summary>
    public void Add(long number, long nanoseconds, LogSeverity severity, ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var span = Start(number, nanoseconds, severity, length, out var at);
        Encoding.UTF8.GetBytes(text, span[at..]);
        _lines.Advance(at + length);
    }

    /// <summary>Adds a line whose text is UTF-8 already.</summary>
    public void Add(PackedLine line)
    {
        var span = Start(line.Number, line.Nanoseconds, line.Severity, line.Utf8.Length, out var at);
        line.Utf8.Span.CopyTo(span[at..]);
        _lines.Advance(at + line.Utf8.Length);
    }

    /// <summary>The frame with the lines so far; the writer is empty afterwards.</summary>
    public byte[] Finish()
    {
        var frame = Frame(attempt, ordinal, source, _first, _begins, Count, _lines.WrittenSpan);
        _lines.ResetWrittenCount();
        Count = 0;
        return frame;
    }

    /// <summary>The frame of a block.</summary>
    public static byte[] Frame(LogBlock block) =>
        Frame(block.Attempt, block.Ordinal, block.Source, block.First, block.Begins, block.Count, block.Lines.Span);

    private static byte[] Frame(int attempt, int ordinal, string source, long first, long begins, int count, ReadOnlySpan<byte> lines)
    {
        var name = Encoding.UTF8.GetBytes(source);
        var frame = new byte[LogBlock.FrameStart + (6 * Varint.MaxLength) + name.Length + lines.Length];
        var at = LogBlock.FrameStart;
        Varint.Put(frame, ref at, (ulong)attempt);
        Varint.Put(frame, ref at, (ulong)ordinal);
        Varint.Put(frame, ref at, (ulong)name.Length);
        name.CopyTo(frame, at);
        at += name.Length;
        Varint.Put(frame, ref at, (ulong)first);
        Varint.Put(frame, ref at, (ulong)begins);
        Varint.Put(frame, ref at, (ulong)count);
        lines.CopyTo(frame.AsSpan(at));
        at += lines.Length;
        frame[0] = LogBlock.Mark;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(1), (uint)(at - LogBlock.FrameStart));
        return frame[..at];
    }

    private Span<byte> Start(long number, long nanoseconds, LogSeverity severity, int length, out int at)
    {
        if (Count++ == 0)
        {
            (_first, _begins, _last) = (number, nanoseconds, nanoseconds);
        }

        var span = _lines.GetSpan(MaxHead + length);
        at = 0;
        Varint.Put(span, ref at, (ulong)(nanoseconds - _last));
        Varint.Put(span, ref at, LogBlock.Head(length, severity));
        _last = nanoseconds;
        return span;
    }
}
