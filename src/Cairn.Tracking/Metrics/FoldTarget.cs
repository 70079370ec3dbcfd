using Cairn.Kernel.Database;

namespace Cairn.Tracking.Metrics;

/// <summary>How far a run is to be folded.</summary>
/// <param name="Run">The run.</param>
/// <param name="UpTo">The number of the last block that counts; what is logged later is for another fold.</param>
internal readonly record struct FoldTarget(long Run, long UpTo)
{
    /// <summary>
    /// The runs that have blocks that are not folded, and the last block that each has now. Answered from an index of these runs alone.
    /// </summary>
    public static List<FoldTarget> All(ISqlSession session) =>
        session.Query(
            "SELECT run, seq FROM metric_logs WHERE indexed < seq ORDER BY run",
            static row => new FoldTarget(row.GetInt64(0), row.GetInt64(1))
        );
}
