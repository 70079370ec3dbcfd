using System.Globalization;
using Cairn.Jobs.Executors;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Removes the files of deleted jobs, and ends agents whose task has become another machine's or nobody's while this server was away.
/// </summary>
internal sealed partial class TaskJanitor(
    IDatabase database,
    TaskTable tasks,
    Machine machine,
    ExecutorSet executors,
    ILogger<TaskJanitor> logger
)
{
    public async Task RemoveDeletedAsync(CancellationToken cancellation)
    {
        foreach (var task in await database.ReadAsync(session => tasks.Deleted(session, machine.Name), cancellation))
        {
            RemoveFiles(Path.Combine(machine.Jobs, task.Id));
            await database.WriteAsync(
                session =>
                {
                    tasks.Remove(session, task.Id);
                    return true;
                },
                cancellation
            );
        }
    }

    /// <summary>
    /// Ends what runs here without being meant to: an attempt that was given up by another machine when this one was silent for too long.
    /// </summary>
    public async Task EndStraysAsync(CancellationToken cancellation)
    {
        foreach (var folder in Directory.GetDirectories(machine.Jobs))
        {
            var row = await database.ReadAsync(session => tasks.Find(session, Path.GetFileName(folder)), cancellation);
            foreach (var path in Directory.GetDirectories(folder))
            {
                var gang = new GangDirectory(path).Read();
                var current =
                    row is { State: TaskState.Starting or TaskState.Running or TaskState.Ending }
                    && row.Machine == machine.Name
                    && Path.GetFileName(path) == row.Attempt.ToString(CultureInfo.InvariantCulture);
                var elsewhere = row is null || row.Machine != machine.Name;
                if (!current && gang is not null && (IsOpen(gang) || (elsewhere && Schedulers.Has(gang.Record.Executor))))
                {
                    await EndStrayAsync(gang, cancellation);
                }
            }

            if (row is null)
            {
                RemoveFiles(folder);
            }
        }
    }

    /// <summary>Whether an agent began and left no exit record.</summary>
    private static bool IsOpen(Gang gang) =>
        gang.Replicas.Any(static replica => replica.Directory.ReadStart() is not null && replica.Directory.ReadExit() is null);

    private async Task EndStrayAsync(Gang gang, CancellationToken cancellation)
    {
        if (gang.IsLocked())
        {
            Log.Stray(logger, gang.Record.Task, gang.Record.Attempt);
        }

        try
        {
            await executors[gang.Record.Executor].KillAsync(gang, cancellation);
        }
        catch (Exception e) when (e is ExecutorAwayException or StatusException)
        {
            Log.NotEnded(logger, gang.Record.Task, gang.Record.Attempt, e.Message);
        }
    }

    private static void RemoveFiles(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException) { }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Attempt {Attempt} of the task {Task} runs here, but is no longer this machine's; it is ended."
        )]
        public static partial void Stray(ILogger logger, string task, int attempt);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "Attempt {Attempt} of the task {Task} is no longer this machine's, and could not be ended. {Reason}"
        )]
        public static partial void NotEnded(ILogger logger, string task, int attempt, string reason);
    }
}
