using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cairn.Tracking.Runs.Columns;

/// <summary>
/// The values of <see cref="Size"/> runs that follow each other, as bytes: n ascending slots of a byte each, then n IEEE doubles, least
/// byte first. A run without a value has no slot.
/// </summary>
internal static class RunColumnChunk
{
    /// <summary>
    /// Small enough that a run's few bytes cost little to rewrite, large enough that a hundred thousand runs are read in under a thousand
    /// rows.
    /// </summary>
    public const int Size = 128;

    private const int EntrySize = 1 + sizeof(double);

    public static (long Chunk, byte Slot) Place(long run) => (run / Size, (byte)(run % Size));

    /// <summary>Writes each run's value to its slot, and NaN where it has none; returns which have one.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="values"><see cref="Size"/> places.</param>
    public static RunMask Unpack(ReadOnlySpan<byte> body, Span<double> values)
    {
        var count = body.Length / EntrySize;
        if (count == Size && BitConverter.IsLittleEndian)
        {
            body[count..].CopyTo(MemoryMarshal.AsBytes(values));
            return ~default(RunMask);
        }

        values.Fill(double.NaN);
        var mask = default(RunMask);
        for (var i = 0; i < count; i++)
        {
            values[body[i]] = BinaryPrimitives.ReadDoubleLittleEndian(body[(count + (i * sizeof(double)))..]);
            mask = mask.With(body[i]);
        }

        return mask;
    }

    /// <summary>The bytes with some values set, and those that are null taken out.</summary>
    public static byte[] Write(ReadOnlySpan<byte> body, IReadOnlyDictionary<byte, double?> changes)
    {
        var entries = Entries(body);
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

        return Pack(entries);
    }

    /// <summary>The same chunk of several experiments as one: a run is in one of them.</summary>
    public static byte[] Merge(IReadOnlyList<byte[]> bodies)
    {
        if (bodies.Count == 1)
        {
            return bodies[0];
        }

        var entries = new SortedDictionary<byte, double>();
        foreach (var (slot, value) in bodies.SelectMany(static body => Entries(body)))
        {
            entries[slot] = value;
        }

        return Pack(entries);
    }

    private static SortedDictionary<byte, double> Entries(ReadOnlySpan<byte> body)
    {
        var entries = new SortedDictionary<byte, double>();
        var count = body.Length / EntrySize;
        for (var i = 0; i < count; i++)
        {
            entries[body[i]] = BinaryPrimitives.ReadDoubleLittleEndian(body[(count + (i * sizeof(double)))..]);
        }

        return entries;
    }

    private static byte[] Pack(SortedDictionary<byte, double> entries)
    {
        var body = new byte[entries.Count * EntrySize];
        var index = 0;
        foreach (var (slot, value) in entries)
        {
            body[index] = slot;
            BinaryPrimitives.WriteDoubleLittleEndian(body.AsSpan(entries.Count + (index * sizeof(double))), value);
            index++;
        }

        return body;
    }
}
