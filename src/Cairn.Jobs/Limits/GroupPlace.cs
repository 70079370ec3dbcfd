namespace Cairn.Jobs.Limits;

/// <summary>Where this machine's control groups are, and this process among them (cgroups(7)).</summary>
/// <param name="Root">The folder of the tree of version 2; null where it is not mounted.</param>
/// <param name="Own">This process's folder in it.</param>
/// <param name="OwnMemory">This process's folder among the groups of version 1 that count memory; null where there are none.</param>
internal sealed record GroupPlace(string? Root, string? Own, string? OwnMemory = null)
{
    public static GroupPlace Find()
    {
        try
        {
            return Parse(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new GroupPlace(null, null);
        }
    }

    /// <summary>Reads <c>/proc/self/mountinfo</c> and <c>/proc/self/cgroup</c>.</summary>
    internal static GroupPlace Parse(IEnumerable<string> mounts, IEnumerable<string> groups)
    {
        var paths = groups.Select(static line => line.Split(':', 3)).Where(static parts => parts.Length == 3).ToList();
        var (root, own, memory) = ((string?)null, (string?)null, (string?)null);
        foreach (var mount in mounts)
        {
            // The mounted folder is the fourth field, its place the fifth; behind a dash come the file system and its options.
            if (
                mount.Split(" - ", 2) is not [var place, var kind]
                || place.Split(' ') is not { Length: > 4 } fields
                || kind.Split(' ') is not [var system, _, var options, ..]
            )
            {
                continue;
            }

            if (system == "cgroup2" && root is null)
            {
                root = fields[4];
                own = Inside(fields, paths.Find(static path => path[0] == "0"));
            }
            else if (system == "cgroup" && options.Split(',').Contains("memory"))
            {
                memory = Inside(fields, paths.Find(static path => path[1].Split(',').Contains("memory")));
            }
        }

        return new GroupPlace(root, own, memory);
    }

    private static string? Inside(string[] mount, string[]? group) =>
        group is null ? null : Path.GetFullPath(Path.Combine(mount[4], Path.GetRelativePath(mount[3], group[2])));
}
