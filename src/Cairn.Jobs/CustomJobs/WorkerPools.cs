using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>
/// A job's worker pools as Vertex orders them: chief, workers, parameter servers or reducers, evaluator. One that is skipped is empty, or
/// has no replicas.
/// </summary>
internal static class WorkerPools
{
    /// <summary>How many replicas each pool has.</summary>
    public static IReadOnlyList<int> Counts(CustomJobSpec spec) => [.. spec.WorkerPoolSpecs.Select(static pool => (int)pool.ReplicaCount)];

    /// <summary>How many replicas a job has.</summary>
    public static int Replicas(CustomJobSpec spec) => Counts(spec).Sum();

    /// <summary>The pools that have replicas.</summary>
    public static IEnumerable<WorkerPoolSpec> Used(CustomJobSpec spec) => spec.WorkerPoolSpecs.Where(static pool => pool.ReplicaCount > 0);

    /// <summary>The image of a pool that has replicas.</summary>
    public static string Image(WorkerPoolSpec pool) => pool.ContainerSpec?.ImageUri ?? pool.PythonPackageSpec?.ExecutorImageUri ?? "";

    /// <summary>The variables that the user sets for a pool.</summary>
    public static IEnumerable<EnvVar> Environment(WorkerPoolSpec pool) => pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env ?? [];
}
