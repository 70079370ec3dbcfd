namespace Cairn.Jobs.Logs.Blocks;

/// <summary>A block and whose it is.</summary>
/// <param name="Location">The job's location.</param>
/// <param name="Job">The job's number: the label <c>job_id</c> of its entries.</param>
/// <param name="Received">When it arrived, in nanoseconds since 1970.</param>
internal sealed record StoredBlock(string Project, string Location, string Job, long Received, LogBlock Block)
{
    /// <summary>Its lines as entries, first to last.</summary>
    public IEnumerable<LogRow> Rows() => Block.Read().Select(line => new BlockLineRow(this, line));

    /// <summary>The first of its lines that lie within bounds, or the last of them.</summary>
    public IEnumerable<LogRow> Rows(LogBounds bounds, bool last, int limit)
    {
        var wanted = Block
            .Read()
            .Where(line => line.Nanoseconds >= bounds.From && line.Nanoseconds <= bounds.To && (int)line.Severity >= bounds.MinSeverity);
        return (last ? wanted.TakeLast(limit) : wanted.Take(limit)).Select(line => new BlockLineRow(this, line));
    }
}
