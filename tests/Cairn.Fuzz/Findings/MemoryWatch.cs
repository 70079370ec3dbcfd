using Cairn.Fuzz.Hosting;

namespace Cairn.Fuzz.Findings;

/// <summary>Whether a server's memory grows without end: each measurement after the first ones is held against them.</summary>
internal sealed class MemoryWatch
{
    /// <summary>Measurements in which caches fill.</summary>
    private const int Warm = 4;

    private const long MoreHeap = 96L << 20;
    private const long MorePrivate = 400L << 20;

    private readonly List<MemoryUse> _measured = [];

    /// <summary>A sentence where there is more than what caches explain, or null.</summary>
    public string? Add(MemoryUse use)
    {
        _measured.Add(use);
        if (_measured.Count <= Warm)
        {
            return null;
        }

        var (heap, all) = (
            _measured.Take(Warm).Max(static before => before.Heap),
            _measured.Take(Warm).Max(static before => before.Anonymous)
        );
        return use.Heap > heap + MoreHeap || use.Anonymous > all + MorePrivate
            ? $"the server's memory grows: {string.Join("; ", _measured)}"
            : null;
    }
}
