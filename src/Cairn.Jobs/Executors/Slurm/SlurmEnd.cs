using Cairn.Jobs.Tasks;
using Google.Rpc;

namespace Cairn.Jobs.Executors.Slurm;

/// <summary>
/// What the state of a Slurm job that is over means for a task whose agent left no exit record
/// (<see href="https://slurm.schedmd.com/squeue.html"/>, "job state codes").
/// </summary>
internal static class SlurmEnd
{
    /// <summary>The worst comes first: of a job with components, or one that was submitted twice, it is what is told.</summary>
    private static readonly string[] Order =
    [
        "OUT_OF_MEMORY",
        "TIMEOUT",
        "DEADLINE",
        "NODE_FAIL",
        "BOOT_FAIL",
        "PREEMPTED",
        "REVOKED",
        "CANCELLED",
        "FAILED",
        "COMPLETED",
    ];

    /// <param name="replica">The replica's name.</param>
    /// <param name="jobs">The jobs that are over; none where Slurm has forgotten them.</param>
    /// <param name="begun">Whether the replica's agent had begun.</param>
    /// <param name="output">What the batch script and the agents printed.</param>
    public static AttemptLoss Of(string replica, IReadOnlyList<SlurmJob> jobs, bool begun, string output)
    {
        if (jobs.OrderBy(static job => Array.IndexOf(Order, job.State)).FirstOrDefault() is not { } job)
        {
            return new AttemptLoss($"The replica {replica} was lost: Slurm does not know its job any more.");
        }

        var at = job.Nodes.Length > 0 ? $" on {job.Nodes}" : "";
        return job.State switch
        {
            "OUT_OF_MEMORY" => Final(
                Code.ResourceExhausted,
                $"The replica {replica} ran out of memory: its Slurm job {job.Id}{at} used more than it was given. Ask for a machine type with more memory."
            ),
            "TIMEOUT" => Final(
                Code.DeadlineExceeded,
                $"The replica {replica} was ended by Slurm: its job {job.Id}{at} reached its time limit, or its partition's."
            ),
            "DEADLINE" => Final(
                Code.DeadlineExceeded,
                $"The replica {replica} was ended by Slurm: its job {job.Id} could not meet its deadline."
            ),
            "CANCELLED" => Final(
                Code.Cancelled,
                $"The Slurm job {job.Id} of the replica {replica} was cancelled outside of Cairn (with scancel)."
            ) with
            {
                Outcome = TaskOutcome.Cancelled,
            },
            "NODE_FAIL" or "BOOT_FAIL" => new AttemptLoss($"The replica {replica} was lost: a node of its Slurm job {job.Id}{at} failed."),
            "PREEMPTED" => new AttemptLoss(
                $"The replica {replica} was lost: its Slurm job {job.Id}{at} was preempted by a more important one."
            ),
            _ when !begun => Final(
                Code.Internal,
                $"The agent of the replica {replica} did not start: its Slurm job {job.Id}{at} is {job.State}. {Quote(output)}".TrimEnd()
            ),
            _ => new AttemptLoss(
                $"The replica {replica} was lost: its Slurm job {job.Id}{at} is {job.State}; its agent, or another's of the job, was killed. {Quote(output)}".TrimEnd()
            ),
        };
    }

    /// <summary>Slurm has begun the job anew, which its folder does not allow.</summary>
    public static AttemptLoss Requeued(string replica, SlurmJob job) =>
        new(
            $"The replica {replica} was lost: Slurm put its job {job.Id} in line again, because a node failed, or a more important job came, or someone asked for it."
        );

    private static AttemptLoss Final(Code code, string reason) => new(reason, code, Final: true);

    private static string Quote(string output) =>
        output.Trim() is { Length: > 0 } text ? "It printed:\n" + text[^Math.Min(text.Length, 1000)..] : "";
}
