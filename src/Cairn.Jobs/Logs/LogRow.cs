namespace Cairn.Jobs.Logs;

/// <summary>An entry as it is stored.</summary>
/// <param name="Nanoseconds">Its timestamp since 1970.</param>
/// <param name="Log">The last segment of its log's name.</param>
/// <param name="Job">The label <c>job_id</c> of its resource, or empty: what the logs of a job are found by.</param>
/// <param name="Body">The <c>google.logging.v2.LogEntry</c>.</param>
internal sealed record LogRow(string Project, long Nanoseconds, string InsertId, string Log, int Severity, string Job, byte[] Body)
{
    public LogPosition Position => new(Nanoseconds, InsertId, Log);
}

/// <summary>An entry's place in the order of a project's log.</summary>
internal readonly record struct LogPosition(long Nanoseconds, string InsertId, string Log);
