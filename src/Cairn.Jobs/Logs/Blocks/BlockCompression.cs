using System.IO.Compression;
using Cairn.Kernel.Bytes;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>A block's lines as they are stored: their length as a varint, then the lines in Brotli's format (RFC 7932).</summary>
internal static class BlockCompression
{
    /// <summary>Of eleven: output is compressed once, beside the program that prints it, so it is to cost little.</summary>
    private const int Quality = 3;
    private const int Window = 18;

    public static byte[] Pack(ReadOnlySpan<byte> lines)
    {
        var packed = new byte[Varint.MaxLength + BrotliEncoder.GetMaxCompressedLength(lines.Length)];
        var at = 0;
        Varint.Put(packed, ref at, (ulong)lines.Length);
        return BrotliEncoder.TryCompress(lines, packed.AsSpan(at), out var written, Quality, Window)
            ? packed[..(at + written)]
            : throw new InvalidOperationException("The lines of a log could not be compressed.");
    }

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Pack"/> wrote.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        var at = 0;
        var length = Varint.Take(packed, ref at);
        var lines = length <= LogBlock.MaxBytes ? new byte[length] : throw new InvalidDataException("A block of log lines is damaged.");
        return BrotliDecoder.TryDecompress(packed[at..], lines, out var written) && written == lines.Length
            ? lines
            : throw new InvalidDataException("A block of log lines is damaged.");
    }
}
