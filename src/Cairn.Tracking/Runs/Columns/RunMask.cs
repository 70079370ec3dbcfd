using System.Numerics;

namespace Cairn.Tracking.Runs.Columns;

/// <summary>Some of the <see cref="RunColumnChunk.Size"/> runs of a chunk, a bit each.</summary>
internal readonly record struct RunMask(ulong Low, ulong High)
{
    public bool IsEmpty => (Low | High) == 0;

    public static RunMask operator &(RunMask a, RunMask b) => new(a.Low & b.Low, a.High & b.High);

    public static RunMask operator ~(RunMask mask) => new(~mask.Low, ~mask.High);

    public RunMask With(int slot) => slot < 64 ? new(Low | (1UL << slot), High) : new(Low, High | (1UL << (slot - 64)));

    /// <summary>Writes the slots, ascending; returns how many there are.</summary>
    public int Slots(Span<byte> slots)
    {
        var count = 0;
        for (var bits = Low; bits != 0; bits &= bits - 1)
        {
            slots[count++] = (byte)BitOperations.TrailingZeroCount(bits);
        }

        for (var bits = High; bits != 0; bits &= bits - 1)
        {
            slots[count++] = (byte)(64 + BitOperations.TrailingZeroCount(bits));
        }

        return count;
    }
}
