using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// How large the machine types of Compute Engine are, from their names
/// (<see href="https://cloud.google.com/compute/docs/machine-resource"/>).
/// </summary>
internal static partial class MachineTypes
{
    /// <summary>Gigabytes for each processor, where a family has its own measure; and what the others have.</summary>
    private static readonly Dictionary<string, double> MemoryPerCpu = new()
    {
        ["n1-standard"] = 3.75,
        ["n1-highmem"] = 6.5,
        ["n1-highcpu"] = 0.9,
        ["c3-highcpu"] = 2,
        ["c4-highcpu"] = 2,
        ["m1-ultramem"] = 24.025,
        ["standard"] = 4,
        ["highmem"] = 8,
        ["highcpu"] = 1,
    };

    /// <summary>Of accelerator-optimised types, whose number counts GPUs: processors and gigabytes for each.</summary>
    private static readonly Dictionary<string, (int Cpus, double Memory)> PerGpu = new()
    {
        ["a2-highgpu"] = (12, 85),
        ["a2-ultragpu"] = (12, 170),
        ["a2-megagpu"] = (6, 85),
        ["a3-highgpu"] = (26, 234),
        ["a3-megagpu"] = (26, 234),
    };

    /// <summary>Processors and mebibytes; 0 for what the name does not tell.</summary>
    public static (int Cpus, int MemoryMib) Size(string type)
    {
        if (Custom().Match(type) is { Success: true } custom)
        {
            return (Number(custom.Groups[1]), Number(custom.Groups[2]));
        }

        if (OfGpus().Match(type) is { Success: true } gpus && PerGpu.TryGetValue(gpus.Groups[1].Value, out var each))
        {
            return (Number(gpus.Groups[2]) * each.Cpus, (int)(Number(gpus.Groups[2]) * each.Memory * 1024));
        }

        if (Regular().Match(type) is not { Success: true } match)
        {
            return (0, 0);
        }

        var (family, kind, cpus) = (match.Groups[1].Value, match.Groups[2].Value, Number(match.Groups[3]));
        var memory = MemoryPerCpu.TryGetValue($"{family}-{kind}", out var own) ? own : MemoryPerCpu.GetValueOrDefault(kind);
        return (cpus, (int)(cpus * memory * 1024));
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?:[a-z][a-z0-9]{1,3}-)?custom-(\d{1,4})-(\d{1,8})(?:-ext)?\z")]
    private static partial Regex Custom();

    [GeneratedRegex(@"\A([a-z][a-z0-9]{1,3}-[a-z]+gpu)-(\d{1,2})g\z")]
    private static partial Regex OfGpus();

    [GeneratedRegex(@"\A([a-z][a-z0-9]{1,3})-([a-z]+)-(\d{1,4})(?:-lssd)?\z")]
    private static partial Regex Regular();
}
