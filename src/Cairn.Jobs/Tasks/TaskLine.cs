using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Executors;
using Cairn.Kernel.Database;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Whose turn it is. A job starts when all its replicas have slots and accelerators, which it takes at once, so that no two wait for each
/// other with half of theirs. A job whose turn it is and that needs more than is free gets a reservation: for a while others may go before
/// it, then what becomes free is kept for it as far as it needs that. One job at a time has one, and keeps it until it starts; so none
/// waits for ever.
/// </summary>
internal sealed class TaskLine(TaskTable tasks, AcceleratorPool accelerators, JobsOptions options, TimeProvider time)
{
    /// <summary>What tasks for schedulers want of this machine.</summary>
    private static readonly string[] Nothing = [""];

    /// <summary>The task to start now on a machine, or null where none can be.</summary>
    public TaskRow? Next(ISqlSession session, string machine) =>
        NextHere(session, machine)
        ?? (tasks.Submitted(session, machine) < options.MaxSubmitted ? tasks.Next(session, int.MaxValue, Nothing, submitted: true) : null);

    /// <summary>The free accelerators that a task gets which starts now, those of its first replica first.</summary>
    public IReadOnlyList<Accelerator> Assign(ISqlSession session, string machine, TaskRow task)
    {
        var wanted = accelerators.Wanted(task.Wanted);
        return wanted.Total == 0 ? [] : wanted.Take(accelerators.Free(tasks.TakenAccelerators(session, machine)));
    }

    /// <summary>Why a task in line can never start on this machine, or null where it can.</summary>
    public string? Obstacle(TaskRow task) =>
        Schedulers.Has(task.Executor) ? null
        : task.Replicas > options.Slots ? TooWide(task.Replicas, options.Slots)
        : accelerators.Obstacle(accelerators.Wanted(task.Wanted));

    /// <summary>Why a job can never start on a machine.</summary>
    public static string TooWide(int replicas, int slots) =>
        $"The job has {replicas} replicas, which start together, and this server runs {slots} at once. Use fewer replicas, or start the server with --job-slots {replicas}.";

    private TaskRow? NextHere(ISqlSession session, string machine)
    {
        var slots = options.Slots - tasks.Occupied(session, machine);
        var free = AcceleratorCounts.Of(accelerators.Free(tasks.TakenAccelerators(session, machine)));
        var inLine = tasks.Wanted(session);
        var possible = Within(inLine, accelerators.All);
        var head = tasks.Reserved(session, options.Slots, possible) ?? tasks.Next(session, options.Slots, possible);
        if (head is { Replicas: 1 } && accelerators.Wanted(head.Wanted) is { Total: 1 } one && !free.Cover(one))
        {
            // The next that is free is its own, as nobody who wants one of that type comes before it; until then it is in nobody's way.
            head = tasks.Next(session, options.Slots, Within(inLine, free));
        }

        if (head is null)
        {
            return null;
        }

        var wanted = accelerators.Wanted(head.Wanted);
        if (head.Replicas <= slots && free.Cover(wanted))
        {
            return head;
        }

        if ((head.Replicas > 1 || wanted.Total > 1) && head.Reserved is null)
        {
            head = head with { Reserved = time.GetUtcNow() };
            tasks.Update(session, head);
        }

        if (head.Reserved is { } since && time.GetUtcNow() - since >= options.ReserveAfter)
        {
            slots -= head.Replicas;
            free = free.Without(wanted);
        }

        return slots > 0 ? tasks.Next(session, slots, Within(inLine, free)) : null;
    }

    /// <summary>What can be had from so many.</summary>
    private IEnumerable<string> Within(IEnumerable<string> wanted, AcceleratorCounts counts) =>
        wanted.Where(text => counts.Cover(accelerators.Wanted(text)));
}
