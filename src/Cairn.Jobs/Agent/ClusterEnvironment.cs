using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The variables that tell a replica of its cluster. <c>CLUSTER_SPEC</c> and <c>TF_CONFIG</c> have the form that Vertex documents
/// (cloud.google.com/vertex-ai/docs/training/distributed-training); the others are what <c>torch.distributed</c> reads for <c>env://</c>.
/// </summary>
internal static class ClusterEnvironment
{
    /// <summary>What TensorFlow calls the pools.</summary>
    private static readonly string[] TensorFlowTypes = ["chief", "worker", "ps", "evaluator"];

    /// <summary>Variables that are known only when all replicas have met.</summary>
    public static IReadOnlySet<string> Late { get; } = new HashSet<string> { "CLUSTER_SPEC", "TF_CONFIG", "MASTER_ADDR", "MASTER_PORT" };

    /// <summary>
    /// What is known before the replicas meet. Servers and evaluators are not in the world of those who train together, and have no rank.
    /// </summary>
    public static Dictionary<string, string> Early(ClusterPlace place)
    {
        var environment = new Dictionary<string, string> { ["WORLD_SIZE"] = place.WorldSize.ToString(CultureInfo.InvariantCulture) };
        if (place.IsWorker)
        {
            environment["RANK"] = place.Ordinal.ToString(CultureInfo.InvariantCulture);
            environment["LOCAL_RANK"] = "0";
        }

        return environment;
    }

    /// <summary>
    /// The complete environment of a replica: its record's, in which references to <see cref="Late"/> variables are expanded, and these.
    /// </summary>
    /// <param name="addresses">All replicas' addresses, in order.</param>
    public static Dictionary<string, string> Complete(TaskRecord record, IReadOnlyList<ReplicaAddress> addresses)
    {
        var late = new Dictionary<string, string>
        {
            ["CLUSTER_SPEC"] = Describe(record, addresses, static pool => $"workerpool{pool}"),
            ["TF_CONFIG"] = Describe(record, addresses, static pool => TensorFlowTypes[pool]),
            ["MASTER_ADDR"] = addresses[0].Host,
            ["MASTER_PORT"] = addresses[0].MasterPort.ToString(CultureInfo.InvariantCulture),
        };
        var environment = record.Environment.ToDictionary(
            static variable => variable.Key,
            variable => VariableReferences.Expand(variable.Value, Late.Contains, late.GetValueOrDefault)
        );
        foreach (var (name, value) in late)
        {
            environment[name] = value;
        }

        return environment;
    }

    private static string Describe(TaskRecord record, IReadOnlyList<ReplicaAddress> addresses, Func<int, string> typeOf)
    {
        var cluster = new JsonObject();
        foreach (var (place, address) in ClusterPlace.All(record.Place.Pools).Zip(addresses))
        {
            if (cluster[typeOf(place.Pool)] is not JsonArray members)
            {
                cluster[typeOf(place.Pool)] = members = [];
            }

            members.Add((JsonNode)string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}"));
        }

        var task = new JsonObject { ["type"] = typeOf(record.Place.Pool), ["index"] = record.Place.Index };
        if (record.Environment.GetValueOrDefault("CLOUD_ML_TRIAL_ID") is { } trial)
        {
            task["trial"] = trial;
        }

        return new JsonObject
        {
            ["cluster"] = cluster,
            ["environment"] = "cloud",
            ["task"] = task,
            ["job"] = record.JobSpec is { } spec ? JsonNode.Parse(spec) : null,
        }.ToJsonString();
    }
}
