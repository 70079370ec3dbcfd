using Cairn.Kernel.Database;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>Lists the lines of blocks in the order of entries, though blocks of several replicas lie across each other in time.</summary>
internal sealed class LogBlockReader(LogBlockTable table)
{
    /// <summary>How many blocks are read at a time: a page of a listing is rarely more than two.</summary>
    private const int Step = 4;

    /// <summary>The first lines within bounds behind a position: so many, and fewer only where there are no more.</summary>
    public List<LogRow> Read(
        ISqlSession session,
        string project,
        LogBounds bounds,
        IReadOnlyList<string> members,
        bool descending,
        LogPosition? after,
        int limit
    )
    {
        if (after is { } position)
        {
            bounds = descending
                ? bounds with
                {
                    To = Math.Min(bounds.To, position.Nanoseconds),
                }
                : bounds with
                {
                    From = Math.Max(bounds.From, position.Nanoseconds),
                };
        }

        var rows = new List<LogRow>();
        StoredBlock? behind = null;
        while (true)
        {
            var blocks = table.Read(session, project, bounds, members, descending, behind, Step);
            // One more than the limit, since the line at the position itself is left out.
            rows.AddRange(
                blocks.SelectMany(stored => stored.Rows(bounds, descending, limit + 1)).Where(row => IsBehind(row, descending, after))
            );
            rows.Sort((a, b) => descending ? b.Position.CompareTo(a.Position) : a.Position.CompareTo(b.Position));
            if (blocks.Count < Step)
            {
                return rows.Count > limit ? rows[..limit] : rows;
            }

            // What has not been read begins no earlier than the last block that was; from the end, it ends no later.
            behind = blocks[^1];
            if (
                rows.Count >= limit
                && (descending ? rows[limit - 1].Nanoseconds > behind.Block.Ends : rows[limit - 1].Nanoseconds < behind.Block.Begins)
            )
            {
                return rows[..limit];
            }
        }
    }

    private static bool IsBehind(LogRow row, bool descending, LogPosition? after) =>
        after is not { } position || (descending ? row.Position.CompareTo(position) < 0 : row.Position.CompareTo(position) > 0);
}
