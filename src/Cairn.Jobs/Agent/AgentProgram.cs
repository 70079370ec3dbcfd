using System.Diagnostics;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The process beside every task: <c>cairn-agent FOLDER</c> runs the attempt recorded in that folder; <c>cairn-agent --member FOLDER</c>
/// runs the replica of a gang's folder that a scheduler has given this process the number of; <c>cairn-agent --enter PLAN PROGRAM …</c>
/// mounts what a plan says and becomes a program. Started by the server, detached from it, and found again through the folder. The same is
/// in <c>cairn agent</c>, where there is no native program.
/// </summary>
public static class AgentProgram
{
    /// <summary>What the native program is called.</summary>
    public const string FileName = "cairn-agent";

    /// <summary>The argument by which the server finds out whether the native program runs on its machine.</summary>
    public const string Check = "--check";

    /// <summary>Exit code where there was nothing to do: another agent has the task, or the attempt has been run.</summary>
    public const int NothingToDo = 75;

    /// <summary>The server, looking whether anyone has the lock, holds it for a moment itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs the agent; returns its exit code, which says nothing of the task's.</summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        switch (args)
        {
            case [Check]:
                return 0;
            case ["--enter", var plan, .. var command] when command.Length > 0:
                return MountHelper.Enter(plan, command);
            case ["--member", var folder] when Directory.Exists(folder):
                return await GangMember.RunAsync(new GangDirectory(Path.GetFullPath(folder)), cancellation);
            case [var folder] when Directory.Exists(folder):
                return await RunAttemptAsync(new AttemptDirectory(Path.GetFullPath(folder)), Patience, cancellation);
            default:
                await Console.Error.WriteLineAsync("usage: cairn-agent FOLDER  (started by the server for each task)");
                return 64;
        }
    }

    /// <summary>What starts this program once more.</summary>
    /// <param name="cairn">The server's program.</param>
    internal static string[] Again(string cairn) =>
        Environment.ProcessPath is { } own && Path.GetFileName(own) == FileName ? [own] : [cairn, "agent"];

    /// <param name="directory">The replica's folder.</param>
    /// <param name="patience">How long another agent may have its lock.</param>
    internal static async Task<int> RunAttemptAsync(AttemptDirectory directory, TimeSpan patience, CancellationToken cancellation)
    {
        using var held = await LockAsync(directory, patience, cancellation);
        if (
            held is null
            || directory.ReadTask() is not { } record
            || File.Exists(directory.StartFile)
            || File.Exists(directory.ExitFile)
            || directory.StopRequested
        )
        {
            return NothingToDo;
        }

        await new AgentRun(directory, record, TimeProvider.System).RunAsync(cancellation);
        return 0;
    }

    private static async Task<FileStream?> LockAsync(AttemptDirectory directory, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (directory.TryLock() is { } held)
            {
                return held;
            }

            if (clock.Elapsed > patience)
            {
                return null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), cancellation);
        }
    }
}
