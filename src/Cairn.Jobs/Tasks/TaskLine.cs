using Cairn.Kernel.Database;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Whose turn it is. A job starts when all its replicas have slots, which it takes at once, so that no two wait for each other with half of theirs. A job whose turn
/// it is and that is too wide for the slots that are free gets a reservation: for a while narrower ones may go before it, then what becomes free is kept for
/// it. One job at a time has one, and keeps it until it starts; so none waits for ever.
/// </summary>
internal sealed class TaskLine(TaskTable tasks, JobsOptions options, TimeProvider time)
{
    /// <summary>The task to start now on a machine, or null where none can be.</summary>
    public TaskRow? Next(ISqlSession session, string machine) =>
        NextHere(session, machine) ?? (tasks.Submitted(session, machine) < options.MaxSubmitted ? tasks.Next(session, int.MaxValue, submitted: true) : null);

    /// <summary>Why a job can never start on a machine.</summary>
    public static string TooWide(int replicas, int slots) =>
        $"The job has {replicas} replicas, which start together, and this server runs {slots} at once. Use fewer replicas, or start the server with --job-slots {replicas}.";

    private TaskRow? NextHere(ISqlSession session, string machine)
    {
        var free = options.Slots - tasks.Occupied(session, machine);
        var head = tasks.Reserved(session, options.Slots) ?? tasks.Next(session, options.Slots);
        if (head is null || head.Replicas <= free)
        {
            return head;
        }

        if (head.Replicas > 1 && head.Reserved is null)
        {
            head = head with { Reserved = time.GetUtcNow() };
            tasks.Update(session, head);
        }

        return free > 0 && head.Reserved is { } since && time.GetUtcNow() - since < options.ReserveAfter ? tasks.Next(session, free) : null;
    }
}
