using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.CustomJobs;

/// <summary>A job's replicas by name, as they stand in its log.</summary>
internal static class Replicas
{
    private static readonly string[] Roles = ["chief", "worker", "parameter server or reducer", "evaluator"];

    /// <summary>Name, role and image of each.</summary>
    public static IEnumerable<(string Name, string Role, string Image)> Of(CustomJob job) =>
        (job.JobSpec?.WorkerPoolSpecs ?? []).SelectMany(
            static (pool, number) =>
                Enumerable
                    .Range(0, (int)pool.ReplicaCount)
                    .Select(index =>
                        (
                            $"workerpool{number}-{index}",
                            Roles[number],
                            pool.ContainerSpec?.ImageUri ?? pool.PythonPackageSpec?.ExecutorImageUri ?? ""
                        )
                    )
        );
}
