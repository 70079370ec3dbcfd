namespace Cairn.Tracking.Search;

/// <summary>Runs in the order of up to two numbers each, least first, taken a group at a time: no more are sorted than are taken.</summary>
internal sealed class RunRanking
{
    private readonly PriorityQueue<long, (double First, double Second)> queue;

    public RunRanking(IEnumerable<(long Run, (double First, double Second) Rank)> runs) => queue = new PriorityQueue<long, (double First, double Second)>(runs, RankComparer.Instance);

    public bool IsEmpty => queue.Count == 0;

    /// <summary>The next <paramref name="count"/> runs, and those that rank as the last of them does, which this order cannot tell apart. Empty at the end.</summary>
    public IReadOnlyList<long> Next(int count)
    {
        var taken = new List<long>();
        var last = (double.NaN, double.NaN);
        while (queue.TryPeek(out var run, out var rank) && (taken.Count < count || rank == last))
        {
            queue.Dequeue();
            taken.Add(run);
            last = rank;
        }

        return taken;
    }

    /// <summary>Negative where <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public static int Compare((double First, double Second) a, (double First, double Second) b) =>
        a.First < b.First ? -1 : a.First > b.First ? 1 : a.Second < b.Second ? -1 : a.Second > b.Second ? 1 : 0;

    private sealed class RankComparer : IComparer<(double First, double Second)>
    {
        public static readonly RankComparer Instance = new();

        public int Compare((double First, double Second) x, (double First, double Second) y) => RunRanking.Compare(x, y);
    }
}
