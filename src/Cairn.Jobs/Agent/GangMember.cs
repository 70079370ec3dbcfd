using System.Globalization;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// An agent that a scheduler has started, one for each replica of a gang and all alike: it learns from its environment which it is.
/// </summary>
internal static class GangMember
{
    /// <summary>Slurm's number of a process among all of a job; Kubernetes' of a pod among those of an indexed Job.</summary>
    private static readonly string[] Numbers = ["SLURM_PROCID", "JOB_COMPLETION_INDEX"];

    /// <summary>The number of the replica that a pool's pods are counted from.</summary>
    private const string First = "CAIRN_FIRST_REPLICA";

    /// <summary>
    /// An agent of an earlier attempt may still be there on a machine that its scheduler has given up. A file server takes so long to give
    /// up its locks.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Runs the replica. Where there is nothing to do, that is no failure: schedulers end all processes of a job of which one fails.
    /// </summary>
    public static async Task<int> RunAsync(GangDirectory directory, CancellationToken cancellation)
    {
        var number = Numbers.Select(Environment.GetEnvironmentVariable).FirstOrDefault(static value => value is not null);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
        {
            await Console.Error.WriteLineAsync(
                $"cairn agent --member is started by a scheduler, which sets {string.Join(" or ", Numbers)}."
            );
            return 64;
        }

        ordinal += int.TryParse(Environment.GetEnvironmentVariable(First), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            ? first
            : 0;
        if (directory.Read() is not { } gang || ordinal >= gang.Replicas.Count)
        {
            await Console.Error.WriteLineAsync(
                $"The folder {directory.Path} has no replica {ordinal} on this machine: the server's data folder must be shared with it, at the same path."
            );
            return 66;
        }

        var replica = gang.Replicas[ordinal].Directory;
        var code = await AgentProgram.RunAttemptAsync(replica, Patience, cancellation);
        return code == AgentProgram.NothingToDo && (File.Exists(replica.StartFile) || replica.StopRequested) ? 0 : code;
    }
}
