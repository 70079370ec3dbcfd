namespace Cairn.Tracking.Search;

/// <summary>Runs taken in their order, a group at a time: no more are sorted than are taken.</summary>
/// <param name="parts">All runs, in pieces, in any order.</param>
internal sealed class RunRanking(IReadOnlyList<RankedRun[]> parts)
{
    private RankedRun _last = RankedRun.Before;
    private int _left = parts.Sum(static part => part.Length);

    public bool IsEmpty => _left == 0;

    /// <summary>
    /// The next <paramref name="count"/> runs, and those that cannot be told from the last of them; in any order. Empty at the end.
    /// </summary>
    public IReadOnlyList<long> Next(int count)
    {
        if (IsEmpty)
        {
            return [];
        }

        var bound = Farthest(Math.Min(count, _left));
        var taken = new List<long>();
        foreach (var part in parts)
        {
            foreach (ref readonly var run in part.AsSpan())
            {
                if (run.CompareTo(bound) <= 0 && run.CompareTo(_last) > 0)
                {
                    taken.Add(run.Run);
                }
            }
        }

        _last = bound;
        _left -= taken.Count;
        return taken;
    }

    /// <summary>The last of the next <paramref name="count"/>.</summary>
    private RankedRun Farthest(int count)
    {
        var nearest = new PriorityQueue<int, RankedRun>(count, FarthestFirst.Instance);
        var farthest = RankedRun.Before;
        foreach (var part in parts)
        {
            foreach (ref readonly var run in part.AsSpan())
            {
                if ((nearest.Count == count && run.CompareTo(farthest) >= 0) || run.CompareTo(_last) <= 0)
                {
                    continue;
                }

                if (nearest.Count < count)
                {
                    nearest.Enqueue(0, run);
                }
                else
                {
                    nearest.DequeueEnqueue(0, run);
                }

                nearest.TryPeek(out _, out farthest);
            }
        }

        return farthest;
    }

    private sealed class FarthestFirst : IComparer<RankedRun>
    {
        public static readonly FarthestFirst Instance = new();

        public int Compare(RankedRun x, RankedRun y) => y.CompareTo(x);
    }
}
