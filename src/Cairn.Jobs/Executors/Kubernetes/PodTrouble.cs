using System.Globalization;
using Google.Rpc;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What a pod's state says that will not get better.</summary>
/// <param name="Job">The name of the Job whose pod it is.</param>
/// <param name="Loss">What is told of its replica.</param>
internal sealed record PodTrouble(string Job, AttemptLoss Loss)
{
    /// <summary>
    /// A pod's trouble; null where it has none, or is no Job's, or is being taken away: how its programs end then is no word on the Job.
    /// </summary>
    public static PodTrouble? Of(V1Pod pod) =>
        pod.Metadata?.DeletionTimestamp is null
        && (pod.GetLabel("batch.kubernetes.io/job-name") ?? pod.GetLabel("job-name")) is { } job
        && LossOf(pod) is { } loss
            ? new PodTrouble(job, loss)
            : null;

    private static AttemptLoss? LossOf(V1Pod pod)
    {
        foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            if (
                status.State?.Waiting is { } waiting
                && waiting.Reason is "ImagePullBackOff" or "InvalidImageName" or "ErrImageNeverPull" or "CreateContainerConfigError"
            )
            {
                return new AttemptLoss(
                    $"the pod {pod.Name()} cannot start the image '{status.Image}': {waiting.Reason}. {waiting.Message}".TrimEnd(),
                    Code.FailedPrecondition,
                    Final: true
                );
            }

            if (status.State?.Terminated is { ExitCode: not 0 } ended)
            {
                return ended.Reason == "OOMKilled"
                    ? new AttemptLoss(
                        $"its pod {pod.Name()} ran out of memory. Ask for a machine type with more.",
                        Code.ResourceExhausted,
                        Final: true
                    )
                    : new AttemptLoss(
                        string.Create(
                                CultureInfo.InvariantCulture,
                                $"the agent in its pod {pod.Name()} ended with {ended.ExitCode}. {ended.Message}"
                            )
                            .TrimEnd()
                    );
            }
        }

        return pod.Status?.Phase == "Failed"
            ? new AttemptLoss($"its pod {pod.Name()} failed ({pod.Status.Reason}: {pod.Status.Message}).")
            : null;
    }
}
