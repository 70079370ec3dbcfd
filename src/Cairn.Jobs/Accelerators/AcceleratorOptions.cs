using System.Globalization;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Accelerators;

/// <summary>The accelerators of the server's own machine. Clusters know theirs themselves.</summary>
public sealed record AcceleratorOptions
{
    /// <summary>The most accelerators that a machine may be said to have.</summary>
    public const int Most = 256;

    public AcceleratorMode Mode { get; init; }

    /// <summary>The type of each accelerator that the machine is said to have, in the order of their numbers.</summary>
    public IReadOnlyList<string> Stated { get; init; } = [];

    /// <summary>The folder of the machine's devices.</summary>
    public string DeviceFolder { get; init; } = "/dev";

    /// <summary>The folder in which NVIDIA's driver describes its GPUs.</summary>
    public string DriverFolder { get; init; } = "/proc/driver/nvidia/gpus";

    /// <summary>Reads <c>auto</c>, <c>refuse</c>, <c>ignore</c>, or <c>TYPE=COUNT,…</c>.</summary>
    /// <exception cref="FormatException">It is none of these; the sentence says why.</exception>
    public static AcceleratorOptions Parse(string text) =>
        text switch
        {
            "auto" => new AcceleratorOptions(),
            "refuse" => new AcceleratorOptions { Mode = AcceleratorMode.Refuse },
            "ignore" => new AcceleratorOptions { Mode = AcceleratorMode.Ignore },
            _ => new AcceleratorOptions { Mode = AcceleratorMode.Stated, Stated = Types(text) },
        };

    private static List<string> Types(string text)
    {
        var types = new List<string>();
        foreach (var part in text.Split(','))
        {
            if (
                part.Split('=', StringSplitOptions.TrimEntries) is not [var type, var count]
                || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < 1
                || number > Most - types.Count
            )
            {
                throw new FormatException(
                    $"'{text}' must be auto, refuse, ignore, or TYPE=COUNT with commas between, such as NVIDIA_TESLA_T4=2; at most {Most} in all."
                );
            }

            if (!AcceleratorNames.Gpus.Contains(type))
            {
                throw new FormatException(
                    $"'{type}' is no type of GPU of the API. It has {string.Join(", ", AcceleratorNames.Gpus)}; jobs ask by these names, so take the nearest for one that has none."
                );
            }

            types.AddRange(Enumerable.Repeat(type, number));
        }

        return types;
    }
}
