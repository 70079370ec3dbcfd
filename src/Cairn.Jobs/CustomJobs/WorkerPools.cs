using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>A job's worker pools as Vertex orders them: chief, workers, parameter servers or reducers, evaluator. One that is skipped is empty, or has no replicas.</summary>
internal static class WorkerPools
{
    /// <summary>How many replicas each pool has.</summary>
    public static IReadOnlyList<int> Counts(CustomJobSpec spec) => [.. spec.WorkerPoolSpecs.Select(static pool => (int)pool.ReplicaCount)];
}
