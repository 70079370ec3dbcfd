using System.Buffers.Binary;
using Cairn.Kernel.Bytes;
using Cairn.Kernel.Checksums;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>A line of a segment's directory.</summary>
/// <param name="Key">The metric.</param>
/// <param name="Start">Where the chunk begins, from the segment's start.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">Of its bytes.</param>
internal readonly record struct ChunkEntry(long Key, long Start, int Length, uint Checksum)
{
    private const byte Version = 1;
    private const int MaxEntry = (2 * Varint.MaxLength) + sizeof(uint);

    /// <summary>
    /// A directory: a version (1), the count, of each chunk the key's difference to the one before, the length and the checksum, and a
    /// checksum of it all.
    /// </summary>
    public static byte[] Write(IReadOnlyList<ChunkEntry> entries)
    {
        var buffer = new byte[1 + Varint.MaxLength + (entries.Count * MaxEntry) + sizeof(uint)];
        var at = 0;
        buffer[at++] = Version;
        Varint.Put(buffer, ref at, (ulong)entries.Count);
        long last = 0;
        foreach (var entry in entries)
        {
            Varint.PutSigned(buffer, ref at, entry.Key - last);
            last = entry.Key;
            Varint.Put(buffer, ref at, (ulong)entry.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(at), entry.Checksum);
            at += sizeof(uint);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(at), MaskedCrc.Of(buffer.AsSpan(0, at)));
        return buffer[..(at + sizeof(uint))];
    }

    /// <exception cref="InvalidDataException">The bytes are no directory.</exception>
    public static ChunkEntry[] Read(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes.Length < 2 + sizeof(uint)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != MaskedCrc.Of(bytes[..^sizeof(uint)])
            || bytes[0] != Version
        )
        {
            throw new InvalidDataException(
                "A column file of metrics is damaged: its directory does not have the checksum that it was written with."
            );
        }

        var at = 1;
        var entries = new ChunkEntry[Varint.Take(bytes, ref at)];
        long key = 0,
            start = 0;
        foreach (ref var entry in entries.AsSpan())
        {
            key += Varint.TakeSigned(bytes, ref at);
            var length = checked((int)Varint.Take(bytes, ref at));
            entry = new ChunkEntry(key, start, length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]));
            at += sizeof(uint);
            start += length;
        }

        return entries;
    }
}
