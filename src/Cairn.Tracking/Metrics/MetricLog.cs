using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// Logging: a call's points become one block of its run, and nothing else is touched, so that the price of a call is that of a row. What is
/// latest is folded later (<see cref="MetricFold"/>). Logging the same points again, as a client does that lost the answer, changes nothing
/// that can be read.
/// </summary>
public sealed class MetricLog(IDatabase database, RunStore runs, MetricFold fold)
{
    /// <summary>Appends points to a run that is not deleted; durable when this returns.</summary>
    public async Task AppendAsync(string uuid, ReadOnlyMemory<LoggedPoint> points, CancellationToken cancellation = default)
    {
        var block = MetricBlock.Write(points.Span);
        await database.WriteAsync(session => Append(session, runs.GetActive(session, uuid).Id, block), cancellation);
    }

    /// <summary>Parameters, tags and points of one call: all are kept, or none.</summary>
    public Task AppendAsync(
        string uuid,
        ReadOnlyMemory<LoggedPoint> points,
        IReadOnlyList<Param> parameters,
        IReadOnlyList<KeyValuePair<string, string>> tags,
        CancellationToken cancellation = default
    )
    {
        var block = points.IsEmpty ? null : MetricBlock.Write(points.Span);
        return database.WriteAsync(
            session =>
            {
                var run = runs.GetActive(session, uuid);
                foreach (var parameter in parameters)
                {
                    RunFields.SetParam(session, run, parameter);
                }

                foreach (var (key, value) in tags)
                {
                    RunFields.SetTag(session, run, key, value);
                }

                return block is null || Append(session, run.Id, block);
            },
            cancellation
        );
    }

    /// <summary>The same within the caller's transaction.</summary>
    public void Append(ISqlSession session, Run run, ReadOnlySpan<LoggedPoint> points)
    {
        if (!points.IsEmpty)
        {
            Append(session, run.Id, MetricBlock.Write(points));
        }
    }

    /// <summary>The bytes that a run's points take.</summary>
    public static long Size(ISqlSession session, Run run) =>
        session.QueryFirst(
            "SELECT CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT) FROM metric_blocks WHERE run = $1",
            static row => row.GetInt64(0),
            run.Id
        );

    private bool Append(ISqlSession session, long run, byte[] block)
    {
        // The row is locked until the commit where several servers write, so blocks of a run are committed in the order of their numbers.
        var sequence = session.QueryFirst(
            "UPDATE metric_logs SET seq = seq + 1 WHERE run = $1 RETURNING seq",
            static row => row.GetInt64(0),
            run
        );
        session.Execute("INSERT INTO metric_blocks (run, seq, body) VALUES ($1, $2, $3)", run, sequence, block);
        session.OnCommit(fold.Wake);
        return true;
    }
}
