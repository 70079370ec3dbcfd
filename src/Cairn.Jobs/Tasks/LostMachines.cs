using Cairn.Kernel.Database;
using Cairn.Kernel.Leases;
using Google.Rpc;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Among many servers: each machine keeps a lease while its server lives. A machine whose lease another can take is gone, and its tasks
/// with it. (Should it come back, it finds that they are no longer its own, and ends them.)
/// </summary>
internal sealed class LostMachines(
    IDatabase database,
    ILeases leases,
    TaskTable tasks,
    TaskTransitions transitions,
    Machine machine,
    JobsOptions options,
    TimeProvider time
)
{
    /// <summary>Says that this machine is there.</summary>
    public Task RenewAsync(CancellationToken cancellation) =>
        leases.TryAcquireAsync(LeaseOf(machine.Name), machine.Name, options.MachineTimeout, cancellation);

    /// <summary>Ends the tasks of machines that are gone.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var other in await database.ReadAsync(session => tasks.OtherMachines(session, machine.Name), cancellation))
        {
            if (!await leases.TryAcquireAsync(LeaseOf(other), machine.Name, TimeSpan.FromMinutes(1), cancellation))
            {
                continue;
            }

            foreach (var task in await database.ReadAsync(session => tasks.OfMachine(session, other), cancellation))
            {
                await transitions.EndAsync(
                    task,
                    task.Cancel ? TaskOutcome.Cancelled : TaskOutcome.Failed,
                    task.Cancel ? Code.Cancelled : Code.Unavailable,
                    task.Cancel
                        ? "The job was cancelled."
                        : $"The machine that ran the job has not been heard of for {options.MachineTimeout.TotalMinutes:0} minutes.",
                    time.GetUtcNow(),
                    cancellation
                );
                await transitions.PutAwayAsync(task, cancellation);
            }

            await leases.ReleaseAsync(LeaseOf(other), machine.Name, cancellation);
        }
    }

    private static string LeaseOf(string name) => $"jobs/machine/{name}";
}
