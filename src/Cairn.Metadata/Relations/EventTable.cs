using Cairn.Kernel.Database;

namespace Cairn.Metadata.Relations;

/// <summary>The rows of <c>metadata_events</c>. An execution and an artifact have one event at most; a second is passed over.</summary>
internal static class EventTable
{
    private const string Columns = "SELECT execution, artifact, type, event_time, labels FROM metadata_events WHERE ";

    public static void Add(ISqlSession session, EventRow row) =>
        session.Execute(
            "INSERT INTO metadata_events (execution, artifact, type, event_time, labels) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            row.Execution,
            row.Artifact,
            row.Output,
            row.Time,
            row.Labels
        );

    /// <summary>Events of some artifacts, or of some executions.</summary>
    /// <param name="output">Only those of one direction, or null for both.</param>
    /// <param name="limit">The most rows to return.</param>
    public static List<EventRow> Of(ISqlSession session, bool ofArtifacts, IReadOnlyCollection<string> names, bool? output, int limit)
    {
        var found = new List<EventRow>();
        foreach (var chunk in names.Chunk(SqlLists.MaxItems))
        {
            var key = ofArtifacts ? "artifact" : "execution";
            var direction =
                output is null ? ""
                : output.Value ? " AND type = 1"
                : " AND type = 0";
            found.AddRange(
                session.Query(
                    $"{Columns}{key} IN ({SqlLists.Placeholders(chunk.Length, 2)}){direction} ORDER BY {key}, event_time LIMIT $1",
                    static row => new EventRow(row.GetString(0), row.GetString(1), row.GetInt64(2) != 0, row.GetInt64(3), row.GetString(4)),
                    [limit - found.Count, .. chunk]
                )
            );
            if (found.Count >= limit)
            {
                break;
            }
        }

        return found;
    }
}
