using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Jobs.Accelerators;

/// <summary>What NVIDIA's driver says of a GPU, in <c>/proc/driver/nvidia/gpus/ADDRESS/information</c>.</summary>
/// <param name="Minor">The number of its node: <c>0</c> of <c>/dev/nvidia0</c>.</param>
internal sealed partial record DriverInformation(int Minor, string Model, string? Uuid)
{
    /// <summary>All GPUs that the driver knows, by number; none where there is no such driver.</summary>
    public static IReadOnlyList<DriverInformation> Read(string folder)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Select(static gpu => Parse(File.ReadAllText(Path.Combine(gpu, "information"))))
                    .OfType<DriverInformation>()
                    .OrderBy(static gpu => gpu.Minor),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static DriverInformation? Parse(string text)
    {
        var lines = text.Split('\n')
            .Select(static line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(static line => line.Length == 2)
            .ToLookup(static line => line[0], static line => line[1]);
        return int.TryParse(lines["Device Minor"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new DriverInformation(
                minor,
                lines["Model"].FirstOrDefault() ?? "",
                lines["GPU UUID"].FirstOrDefault() is { } uuid && Known().IsMatch(uuid) ? uuid : null
            )
            : null;
    }

    /// <summary>Before a GPU was first used, the driver writes question marks.</summary>
    [GeneratedRegex("^GPU-[0-9a-fA-F-]{36}$")]
    private static partial Regex Known();
}
