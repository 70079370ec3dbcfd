using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cairn.Tracking.Runs.Columns;

/// <summary>
/// The values of <see cref="Size"/> runs that follow each other, as bytes: n ascending slots of a byte each, then n IEEE doubles, least byte first. A run without a value has no
/// slot.
/// </summary>
internal static class RunColumnChunk
{
    /// <summary>Small enough that a run's few bytes cost little to rewrite, large enough that a hundred thousand runs are read in under a thousand rows.</summary>
    public const int Size = 128;

    private const int EntrySize = 1 + sizeof(double);

    public static (long Chunk, byte Slot) Place(long run) => (run / Size, (byte)(run % Size));

    public static void Read(long chunk, ReadOnlySpan<byte> body, List<long> runs, List<double> values)
    {
        var count = body.Length / EntrySize;
        foreach (var slot in body[..count])
        {
            runs.Add((chunk * Size) + slot);
        }

        if (BitConverter.IsLittleEndian)
        {
            var start = values.Count;
            CollectionsMarshal.SetCount(values, start + count);
            body[count..].CopyTo(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)[start..]));
            return;
        }

        for (var i = 0; i < count; i++)
        {
            values.Add(BinaryPrimitives.ReadDoubleLittleEndian(body[(count + (i * sizeof(double)))..]));
        }
    }

    /// <summary>The bytes with some values set, and those that are null taken out.</summary>
    public static byte[] Write(ReadOnlySpan<byte> body, IReadOnlyDictionary<byte, double?> changes)
    {
        var entries = new SortedDictionary<byte, double>();
        var before = body.Length / EntrySize;
        for (var i = 0; i < before; i++)
        {
            entries[body[i]] = BinaryPrimitives.ReadDoubleLittleEndian(body[(before + (i * sizeof(double)))..]);
        }

        foreach (var (slot, value) in changes)
        {
            if (value is { } number)
            {
                entries[slot] = number;
            }
            else
            {
                entries.Remove(slot);
            }
        }

        var written = new byte[entries.Count * EntrySize];
        var index = 0;
        foreach (var (slot, value) in entries)
        {
            written[index] = slot;
            BinaryPrimitives.WriteDoubleLittleEndian(written.AsSpan(entries.Count + (index * sizeof(double))), value);
            index++;
        }

        return written;
    }
}
