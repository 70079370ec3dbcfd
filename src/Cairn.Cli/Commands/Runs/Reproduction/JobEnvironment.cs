using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>What a job ran in: its first pool's image, packages and machine.</summary>
internal static class JobEnvironment
{
    public static JsonObject Of(CustomJob? job)
    {
        var shown = new JsonObject();
        if (job?.JobSpec.WorkerPoolSpecs is not [var pool, ..])
        {
            return shown;
        }

        shown["image"] = pool.ContainerSpec?.ImageUri ?? pool.PythonPackageSpec?.ExecutorImageUri;
        if (pool.PythonPackageSpec is { PackageUris.Count: > 0 } package)
        {
            shown["packages"] = new JsonArray([.. package.PackageUris.Select(static uri => (JsonNode)uri)]);
        }

        shown["machine"] = pool.MachineSpec is { AcceleratorCount: > 0 } machine
            ? $"{machine.MachineType}, {machine.AcceleratorCount} {machine.AcceleratorType}"
            : pool.MachineSpec?.MachineType;
        return shown;
    }
}
