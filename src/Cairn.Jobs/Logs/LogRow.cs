using Google.Cloud.Logging.V2;

namespace Cairn.Jobs.Logs;

/// <summary>An entry as listings order and choose it.</summary>
/// <param name="Nanoseconds">Its timestamp since 1970.</param>
/// <param name="Log">The last segment of its log's name.</param>
/// <param name="Job">The label <c>job_id</c> of its resource, or empty: what the logs of a job are found by.</param>
internal abstract record LogRow(string Project, long Nanoseconds, string InsertId, string Log, int Severity, string Job)
{
    public LogPosition Position => new(Nanoseconds, InsertId, Log);

    /// <summary>The entry itself, made anew at each call.</summary>
    public abstract LogEntry Entry();
}
