namespace Cairn.Tracking.Runs.Columns;

/// <summary>One number of many runs.</summary>
/// <param name="Runs">Row ids, ascending.</param>
/// <param name="Values">The value of each; NaN where NaN was logged.</param>
internal readonly record struct RunColumn(long[] Runs, double[] Values)
{
    public static RunColumn Empty { get; } = new([], []);

    /// <summary>Where each of some runs is in the column, or -1.</summary>
    /// <param name="runs">Row ids, ascending.</param>
    public int[] Find(ReadOnlySpan<long> runs)
    {
        var places = new int[runs.Length];
        var next = 0;
        for (var i = 0; i < runs.Length; i++)
        {
            while (next < Runs.Length && Runs[next] < runs[i])
            {
                next++;
            }

            places[i] = next < Runs.Length && Runs[next] == runs[i] ? next : -1;
        }

        return places;
    }
}
