using System.Globalization;
using System.Text.Json.Serialization;

namespace Cairn.Jobs.Tasks;

/// <summary>Which replica of a job's cluster a task is.</summary>
/// <param name="Pools">How many replicas each worker pool has: the chief's, the workers', the parameter servers' or reducers', the
/// evaluator's. A pool that is skipped has 0.</param>
/// <param name="Pool">The replica's pool.</param>
/// <param name="Index">The replica's number in its pool.</param>
public sealed record ClusterPlace(IReadOnlyList<int> Pools, int Pool, int Index)
{
    /// <summary>The chief's pool and the workers': whose work the job is, and who train together.</summary>
    private const int WorldPools = 2;

    /// <summary>The only replica of a job.</summary>
    public static ClusterPlace Single { get; } = new([1], 0, 0);

    /// <summary><c>workerpool0-0</c>, as Vertex names it in logs.</summary>
    [JsonIgnore]
    public string Name => string.Create(CultureInfo.InvariantCulture, $"workerpool{Pool}-{Index}");

    /// <summary>How many replicas the job has.</summary>
    [JsonIgnore]
    public int Replicas => Pools.Sum();

    /// <summary>The replica's number among all.</summary>
    [JsonIgnore]
    public int Ordinal => Pools.Take(Pool).Sum() + Index;

    /// <summary>Whether the replica is the chief or a worker. Servers and evaluators serve as long as those work.</summary>
    [JsonIgnore]
    public bool IsWorker => Pool < WorldPools;

    /// <summary>How many replicas train together: the chief and the workers, whose rank is their <see cref="Ordinal"/>.</summary>
    [JsonIgnore]
    public int WorldSize => Pools.Take(WorldPools).Sum();

    /// <summary>The places of all replicas, in the order of their ordinals.</summary>
    public static IEnumerable<ClusterPlace> All(IReadOnlyList<int> pools) =>
        pools.SelectMany((count, pool) => Enumerable.Range(0, count).Select(index => new ClusterPlace(pools, pool, index)));
}
