using System.Globalization;
using System.Text.Json;
using Google.Rpc;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What the cluster says of one worker pool's Job and its pods.</summary>
/// <param name="Job">The Job's name.</param>
/// <param name="Failure">Its condition <c>Failed</c>: the reason and message; null where it has none.</param>
/// <param name="Complete">Whether it has the condition <c>Complete</c>.</param>
/// <param name="Trouble">What a pod's state says that will not get better; null where there is nothing.</param>
internal sealed record KubernetesPool(string Job, (string Reason, string Message)? Failure, bool Complete, AttemptLoss? Trouble)
{
    public bool IsOver => Complete || Failure is not null || Trouble is not null;

    /// <summary>Why a replica of it was lost.</summary>
    public AttemptLoss Loss(string replica) =>
        Trouble is { } trouble ? trouble with { Reason = $"The replica {replica} was lost: {trouble.Reason}" }
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

    /// <summary>Reads the list of all Jobs and pods, as <c>kubectl get --output=json</c> prints it; by the Jobs' names.</summary>
    public static Dictionary<string, KubernetesPool> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var items = document.RootElement.GetProperty("items").EnumerateArray().ToList();
        var troubles = items
            .Where(static item => Kind(item) == "Pod")
            .Select(static pod => (Job: Label(pod, "batch.kubernetes.io/job-name") ?? Label(pod, "job-name"), Trouble: TroubleOf(pod)))
            .Where(static pod => pod is { Job: not null, Trouble: not null })
            .GroupBy(static pod => pod.Job!)
            .ToDictionary(static pods => pods.Key, static pods => pods.First().Trouble);
        return items.Where(static item => Kind(item) == "Job").Select(job => Of(job, troubles)).ToDictionary(static pool => pool.Job);
    }

    private static KubernetesPool Of(JsonElement job, Dictionary<string, AttemptLoss?> troubles)
    {
        var name = job.GetProperty("metadata").GetProperty("name").GetString()!;
        (string, string)? failure = null;
        var complete = false;
        foreach (var condition in List(job, "status", "conditions").Where(static condition => Text(condition, "status") == "True"))
        {
            complete |= Text(condition, "type") == "Complete";
            failure = Text(condition, "type") == "Failed" ? (Text(condition, "reason"), Text(condition, "message")) : failure;
        }

        return new KubernetesPool(name, failure, complete, troubles.GetValueOrDefault(name));
    }

    private static AttemptLoss? TroubleOf(JsonElement pod)
    {
        var name = pod.GetProperty("metadata").GetProperty("name").GetString();
        foreach (var status in List(pod, "status", "initContainerStatuses").Concat(List(pod, "status", "containerStatuses")))
        {
            if (!status.TryGetProperty("state", out var state))
            {
                continue;
            }

            if (
                state.TryGetProperty("waiting", out var waiting)
                && Text(waiting, "reason")
                    is "ImagePullBackOff"
                        or "InvalidImageName"
                        or "ErrImageNeverPull"
                        or "CreateContainerConfigError"
            )
            {
                return new AttemptLoss(
                    $"the pod {name} cannot start the image '{Text(status, "image")}': {Text(waiting, "reason")}. {Text(waiting, "message")}".TrimEnd(),
                    Code.FailedPrecondition,
                    Final: true
                );
            }

            if (state.TryGetProperty("terminated", out var ended) && ended.GetProperty("exitCode").GetInt32() is not 0 and var code)
            {
                return Text(ended, "reason") == "OOMKilled"
                    ? new AttemptLoss(
                        $"its pod {name} ran out of memory. Ask for a machine type with more.",
                        Code.ResourceExhausted,
                        Final: true
                    )
                    : new AttemptLoss(
                        string.Create(
                                CultureInfo.InvariantCulture,
                                $"the agent in its pod {name} ended with {code}. {Text(ended, "message")}"
                            )
                            .TrimEnd()
                    );
            }
        }

        return pod.GetProperty("status") is var all && Text(all, "phase") == "Failed"
            ? new AttemptLoss($"its pod {name} failed ({Text(all, "reason")}: {Text(all, "message")}).")
            : null;
    }

    private static string Kind(JsonElement item) => Text(item, "kind");

    private static string? Label(JsonElement item, string name) =>
        item.GetProperty("metadata").TryGetProperty("labels", out var labels) && labels.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;

    private static IEnumerable<JsonElement> List(JsonElement item, string part, string name) =>
        item.TryGetProperty(part, out var inner) && inner.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
