using Cairn.Jobs.Executors;
using Google.Rpc;

namespace Cairn.Jobs.Tasks;

internal enum GangEnd
{
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>A replica went away without a word: its agent was killed, or its machine went down.</summary>
    Lost,
}

/// <summary>
/// What the replicas' ends mean for their job. A failed replica fails it, a lost one loses it; it has succeeded when the chief and all
/// workers have, whereupon servers and evaluators are not needed any more. It is told from the folders alone, so that every look comes to
/// the same, after a kill as well.
/// </summary>
/// <param name="Replica">The replica whose end decided.</param>
/// <param name="Loss">What the executor knows of why it was lost.</param>
internal sealed record GangVerdict(GangEnd End, Code Code, string Reason, Replica Replica, DateTimeOffset? Ended, AttemptLoss? Loss = null)
{
    /// <summary>The verdict, or null while there is none.</summary>
    /// <param name="gang">The gang.</param>
    /// <param name="states">Where its replicas stand.</param>
    /// <param name="cancelled">Whether the job was cancelled.</param>
    public static GangVerdict? Of(Gang gang, IReadOnlyList<AttemptStatus> states, bool cancelled)
    {
        var ends = gang
            .Replicas.Zip(
                states,
                static (replica, status) =>
                    (Replica: replica, Status: status, Exit: status.State == AttemptState.Ended ? replica.Directory.ReadExit() : null)
            )
            .ToList();

        // What is lost after it was asked to end was lost to that. The others often fail because of one that is lost, so it goes first.
        if (
            ends.FirstOrDefault(static end => end.Status.State == AttemptState.Lost && !end.Replica.Directory.StopRequested)
                is { Replica: { } lost, Status.Loss: var loss }
            && !cancelled
        )
        {
            var reason = loss?.Reason ?? $"The replica {lost.Record.Replica} was lost: its machine went down, or its agent was killed.";
            return new GangVerdict(GangEnd.Lost, Code.Unavailable, reason, lost, null, loss);
        }

        if (
            ends.Where(static end => end.Exit?.Outcome == TaskOutcome.Failed).OrderBy(static end => end.Exit!.Ended).FirstOrDefault() is
            { Exit: { } failure } failed
        )
        {
            return new GangVerdict(
                GangEnd.Failed,
                (Code)failure.Code,
                Named(failed.Replica.Record, failure.Reason),
                failed.Replica,
                failure.Ended
            );
        }

        var workers = ends.Where(static end => end.Replica.Record.Place.IsWorker).ToList();
        if (workers.All(static end => end.Exit?.Outcome == TaskOutcome.Succeeded))
        {
            return new GangVerdict(GangEnd.Succeeded, Code.Ok, "", workers[0].Replica, workers.Max(static end => end.Exit!.Ended));
        }

        return cancelled ? new GangVerdict(GangEnd.Cancelled, Code.Cancelled, "The job was cancelled.", gang.Replicas[0], null) : null;
    }

    /// <summary>Of several replicas, a failure's reason names the one that it was.</summary>
    private static string Named(TaskRecord record, string reason) =>
        record.Place.Replicas == 1 || reason.Contains(record.Replica, StringComparison.Ordinal)
            ? reason
            : $"The replica {record.Replica} failed: {reason}";

    /// <summary>Whether nothing of the gang is running or will: what has not begun when it is asked to end never begins.</summary>
    public static bool IsOver(Gang gang, IReadOnlyList<AttemptStatus> states) =>
        gang
            .Replicas.Zip(states)
            .All(static replica =>
                replica.Second.IsOver || (replica.Second.State == AttemptState.NotStarted && replica.First.Directory.StopRequested)
            );
}
