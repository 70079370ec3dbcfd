using Google.Rpc;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What the cluster says of one worker pool's Job and its pods.</summary>
/// <param name="Job">The Job's name.</param>
/// <param name="Failure">Its condition <c>Failed</c>: the reason and message; null where it has none.</param>
/// <param name="Complete">Whether it has the condition <c>Complete</c>.</param>
/// <param name="Suspended">Whether it waits by somebody's will, as those do that Kueue has not admitted: its pods are taken away.</param>
/// <param name="Trouble">What a pod's state says that will not get better; null where there is nothing.</param>
internal sealed record KubernetesPool(
    string Job,
    (string Reason, string Message)? Failure,
    bool Complete,
    bool Suspended,
    AttemptLoss? Trouble
)
{
    public bool IsOver => Complete || Failure is not null || (Trouble is not null && !Suspended);

    /// <summary>Why a replica of it was lost.</summary>
    public AttemptLoss Loss(string replica) =>
        Trouble is { } trouble && !Suspended ? trouble with { Reason = $"The replica {replica} was lost: {trouble.Reason}" }
        : Failure is { Reason: "DeadlineExceeded" }
            ? new AttemptLoss(
                $"The replica {replica} was ended by Kubernetes: its Job {Job} ran longer than its deadline.",
                Code.DeadlineExceeded,
                Final: true
            )
        : Failure is { } failure
            ? new AttemptLoss($"The replica {replica} was lost: its Job {Job} failed ({failure.Reason}: {failure.Message}).")
        : new AttemptLoss(
            $"The replica {replica} was lost: its Job {Job} is complete, and left no exit record. Pods and server must share the volume of --kubernetes-volume.",
            Code.Internal,
            Final: true
        );

    /// <summary>What a Job says of itself; what its pods say is not in it.</summary>
    public static KubernetesPool Of(V1Job job)
    {
        var conditions = (job.Status?.Conditions ?? []).Where(static condition => condition.Status == "True").ToList();
        return new KubernetesPool(
            job.Name(),
            conditions.Find(static condition => condition.Type == "Failed") is { } failed
                ? (failed.Reason ?? "", failed.Message ?? "")
                : null,
            conditions.Exists(static condition => condition.Type == "Complete"),
            job.Spec?.Suspend == true,
            Trouble: null
        );
    }
}
