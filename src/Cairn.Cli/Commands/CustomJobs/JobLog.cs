using System.Globalization;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.Logging.V2;

namespace Cairn.Cli.Commands.CustomJobs;

/// <summary>Prints a job's log as it grows, and says how the job ended.</summary>
internal static class JobLog
{
    public static async Task<int> FollowAsync(ApiSession session, CustomJob job, CancellationToken cancellation)
    {
        var names = job.Name.Split('/');
        var lines = session.Client.FollowAsync(
            names[1],
            names[^1],
            async token =>
            {
                job = await session.Client.GetAsync<CustomJob>($"/v1/{job.Name}", token);
                return IsOver(job.State);
            },
            cancellation
        );
        await foreach (var entry in lines)
        {
            session.Out.WriteLine(Line(entry, Replicas.Of(job).Skip(1).Any()));
        }

        session.Status.WriteLine(job.Error is { Message.Length: > 0 } error ? $"{job.State}: {error.Message}" : $"{job.State}");
        return job.State == JobState.Succeeded ? ExitCode.Ok : ExitCode.Failed;
    }

    public static bool IsOver(JobState state) =>
        state is JobState.Succeeded or JobState.Failed or JobState.Cancelled or JobState.Expired or JobState.PartiallySucceeded;

    /// <summary>An entry as a line.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="replica">Whether the line names the replica: where a job has several.</param>
    public static string Line(LogEntry entry, bool replica) =>
        $"{entry.Severity.ToString().ToUpperInvariant(), -8} {entry.Timestamp?.ToDateTime().ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {(replica ? $"{Source(entry), -13}  " : "")}{Message(entry)}";

    /// <summary>The replica whose output an entry is, or <c>service</c>.</summary>
    public static string Source(LogEntry entry) => entry.Resource?.Labels.GetValueOrDefault("task_name") ?? "";

    public static string Message(LogEntry entry) =>
        entry.PayloadCase switch
        {
            LogEntry.PayloadOneofCase.TextPayload => entry.TextPayload.TrimEnd('\n'),
            LogEntry.PayloadOneofCase.JsonPayload when entry.JsonPayload.Fields.TryGetValue("message", out var message) =>
                message.StringValue.TrimEnd('\n'),
            LogEntry.PayloadOneofCase.JsonPayload => entry.JsonPayload.ToString(),
            _ => "",
        };
}
