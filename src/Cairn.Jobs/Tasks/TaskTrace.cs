using System.Diagnostics;
using Cairn.Kernel.Telemetry;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// The trace that a job belongs to, in the form of W3C's <c>traceparent</c> (w3.org/TR/trace-context). It is stored with the job, so that
/// its tasks go on with it whatever server starts them.
/// </summary>
internal static class TaskTrace
{
    /// <summary>What the environment of a task calls it.</summary>
    public const string Variable = "TRACEPARENT";

    /// <summary>
    /// That of the call, or of the work, that makes the job; where it is not recorded here, the one that the caller has sent, which is the
    /// caller's to record. Empty where there is none.
    /// </summary>
    public static string Current()
    {
        if (TelemetryNames.Recorded is { IdFormat: ActivityIdFormat.W3C, Id: { } own })
        {
            return own;
        }

        var first = Activity.Current;
        while (first?.Parent is { } parent)
        {
            first = parent;
        }

        return first?.ParentId is { } given && ActivityContext.TryParse(given, null, out _) ? given : "";
    }

    /// <summary>What a job did, as spans of its trace: how long it was in line, and how long it ran.</summary>
    public static void Tell(TaskRow task, TaskOutcome outcome, DateTimeOffset ended)
    {
        if (!TelemetryNames.Spans.HasListeners() || !ActivityContext.TryParse(task.Trace, null, out var parent))
        {
            return;
        }

        Tell("task wait", parent, task, task.Enqueued, task.Started ?? ended, null);
        if (task.Started is { } started)
        {
            Tell("task run", parent, task, started, ended, outcome);
        }
    }

    private static void Tell(
        string name,
        ActivityContext parent,
        TaskRow task,
        DateTimeOffset from,
        DateTimeOffset to,
        TaskOutcome? outcome
    )
    {
        using var span = TelemetryNames.Spans.StartActivity(name, ActivityKind.Internal, parent, startTime: from);
        if (span is null)
        {
            return;
        }

        span.SetTag("cairn.task.job", task.Job).SetTag(TaskTelemetry.Executor, task.Executor).SetTag("cairn.task.attempt", task.Attempt);
        if (outcome is { } known)
        {
            span.SetTag(TelemetryNames.Outcome, TaskTelemetry.Word(known));
            span.SetStatus(known == TaskOutcome.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }

        span.SetEndTime(to.UtcDateTime);
    }
}
