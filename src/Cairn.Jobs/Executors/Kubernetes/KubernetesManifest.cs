using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// What a gang is in a cluster: an indexed Job for each worker pool, whose pods are its replicas, and a headless Service, by which they
/// find each other. In each pod an init container brings the agent along, which then runs the user's program in the user's image. Command,
/// arguments, environment and token are not in the manifest but in the gang's folder, which is all of the server's data that the pods see.
/// </summary>
internal static class KubernetesManifest
{
    public const string TaskLabel = "cairn.dev/task";
    public const string AttemptLabel = "cairn.dev/attempt";
    public const string PoolLabel = "cairn.dev/pool";

    /// <summary>Selects all that this program has made.</summary>
    public const string Selector = "app.kubernetes.io/managed-by=cairn";

    private const string AgentFolder = "/opt/cairn-agent";

    /// <summary>How much longer than the task a Job may take, for what is done before and after.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <summary>The name of a gang's Service, which its Jobs' names begin with.</summary>
    public static string Name(Gang gang) => string.Create(CultureInfo.InvariantCulture, $"cairn-{gang.Record.Task}-{gang.Record.Attempt}");

    public static string JobName(Gang gang, int pool) => string.Create(CultureInfo.InvariantCulture, $"{Name(gang)}-{pool}");

    /// <summary>A gang's Service, and behind it the Jobs of its pools.</summary>
    /// <param name="gang">The gang.</param>
    /// <param name="data">The server's data folder, which pods see a part of at the same path.</param>
    /// <param name="options">The server's configuration.</param>
    /// <param name="space">The namespace that all of it will be in.</param>
    public static IReadOnlyList<JsonObject> Of(Gang gang, string data, JobsOptions options, string space) =>
        [
            Service(gang),
            .. gang
                .Replicas.GroupBy(static replica => replica.Record.Place.Pool)
                .Select(pool => Job(gang, pool.First().Record, pool.Count(), data, options, space)),
        ];

    private static JsonObject Service(Gang gang) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = Name(gang), ["labels"] = Labels(gang) },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = "None",
                ["publishNotReadyAddresses"] = true,
                ["selector"] = new JsonObject { [TaskLabel] = gang.Record.Task, [AttemptLabel] = Attempt(gang) },
            },
        };

    private static JsonObject Job(Gang gang, TaskRecord record, int replicas, string data, JobsOptions options, string space)
    {
        var labels = Labels(gang);
        labels[PoolLabel] = record.Place.Pool.ToString(CultureInfo.InvariantCulture);
        if (options.Kubernetes.Queue is { } queue)
        {
            labels["kueue.x-k8s.io/queue-name"] = queue;
        }

        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = JobName(gang, record.Place.Pool), ["labels"] = labels.DeepClone() },
            ["spec"] = new JsonObject
            {
                ["completionMode"] = "Indexed",
                ["completions"] = replicas,
                ["parallelism"] = replicas,

                // An attempt begins once: the server restarts, with the next attempt.
                ["backoffLimit"] = 0,
                ["activeDeadlineSeconds"] = (long)Math.Min((TimeSpan.FromSeconds(record.TimeoutSeconds) + Margin).TotalSeconds, 3e8),
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels },
                    ["spec"] = Pod(gang, record, data, options, space),
                },
            },
        };
    }

    private static JsonObject Pod(Gang gang, TaskRecord record, string data, JobsOptions options, string space)
    {
        var kubernetes = options.Kubernetes;
        var folder = Path.GetDirectoryName(gang.Directory.Path)!;
        var pod = new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["subdomain"] = Name(gang),
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["terminationGracePeriodSeconds"] = (long)record.GraceSeconds + 30,

            // So that a replica's host name is enough for the others.
            ["dnsConfig"] = new JsonObject { ["searches"] = new JsonArray($"{Name(gang)}.{space}.svc.cluster.local") },

            // The gang's folder is the server's user's alone.
            ["securityContext"] = new JsonObject { ["runAsUser"] = Libc.GetUserId(), ["runAsGroup"] = Libc.GetGroupId() },
            ["initContainers"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "agent",
                    ["image"] = kubernetes.AgentImage,
                    ["command"] = new JsonArray("cp", "-a", "/opt/cairn/.", AgentFolder),
                    ["volumeMounts"] = new JsonArray(Mount("agent", AgentFolder)),
                }
            ),
            ["containers"] = new JsonArray(Container(gang, record, data, folder, options)),
            ["volumes"] = new JsonArray(
                new JsonObject { ["name"] = "agent", ["emptyDir"] = new JsonObject() },
                new JsonObject { ["name"] = "gcs", ["emptyDir"] = new JsonObject() },
                new JsonObject
                {
                    ["name"] = "jobs",
                    ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = kubernetes.Volume },
                }
            ),
        };
        if (kubernetes.ServiceAccount is { } account)
        {
            pod["serviceAccountName"] = account;
        }

        if (kubernetes.PullSecrets.Count > 0)
        {
            pod["imagePullSecrets"] = new JsonArray([.. kubernetes.PullSecrets.Select(static name => new JsonObject { ["name"] = name })]);
        }

        if (kubernetes.NodeSelector.Count > 0)
        {
            pod["nodeSelector"] = new JsonObject(
                kubernetes.NodeSelector.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))
            );
        }

        return pod;
    }

    private static JsonObject Container(Gang gang, TaskRecord record, string data, string folder, JobsOptions options)
    {
        var jobs = Mount("jobs", folder);
        jobs["subPath"] = Path.Combine(options.Kubernetes.VolumePath, Path.GetRelativePath(data, folder)).Replace('\\', '/');
        var container = new JsonObject
        {
            ["name"] = "task",
            ["image"] = record.Image,
            ["command"] = new JsonArray(AgentFolder + "/cairn", "agent", "--member", gang.Directory.Path),
            ["env"] = new JsonArray(
                Variable("CAIRN_FIRST_REPLICA", (record.Place.Ordinal - record.Place.Index).ToString(CultureInfo.InvariantCulture)),
                // The user's image need not have what the runtime knows languages and time zones by.
                Variable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
                Variable("DOTNET_gcServer", "0"),
                Variable("DOTNET_gcConcurrent", "0")
            ),
            ["volumeMounts"] = new JsonArray(Mount("agent", AgentFolder), Mount("gcs", "/gcs"), jobs),
        };
        var amounts = new JsonObject();
        if (record.Resources.Cpus > 0)
        {
            amounts["cpu"] = record.Resources.Cpus.ToString(CultureInfo.InvariantCulture);
        }

        if (record.Resources.MemoryMib > 0)
        {
            amounts["memory"] = record.Resources.MemoryMib.ToString(CultureInfo.InvariantCulture) + "Mi";
        }

        if (record.Resources.Gpus > 0)
        {
            amounts[options.Kubernetes.GpuResource] = record.Resources.Gpus.ToString(CultureInfo.InvariantCulture);
        }

        if (amounts.Count > 0)
        {
            container["resources"] = new JsonObject { ["requests"] = amounts, ["limits"] = amounts.DeepClone() };
        }

        return container;
    }

    private static JsonObject Labels(Gang gang) =>
        new()
        {
            ["app.kubernetes.io/name"] = "cairn-task",
            ["app.kubernetes.io/managed-by"] = "cairn",
            [TaskLabel] = gang.Record.Task,
            [AttemptLabel] = Attempt(gang),
        };

    private static string Attempt(Gang gang) => gang.Record.Attempt.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Mount(string name, string path) => new() { ["name"] = name, ["mountPath"] = path };

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };
}
