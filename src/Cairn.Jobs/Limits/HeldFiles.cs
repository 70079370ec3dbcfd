namespace Cairn.Jobs.Limits;

/// <summary>What files take that have no name any more, or never had one, and are held by the descriptors of a task's processes: no look
/// at its folders finds them.</summary>
/// <param name="Disk">Bytes on disks.</param>
/// <param name="Memory">Bytes in memory (<c>memfd_create(2)</c>, and removed files of <c>/dev/shm</c>).</param>
internal readonly record struct HeldFiles(long Disk, long Memory)
{
    private const string Nameless = " (deleted)";

    public static HeldFiles Of(int agent)
    {
        var seen = new HashSet<(string Target, ulong Inode)>();
        var (disk, memory) = (0L, 0L);
        foreach (var (pid, _) in ProcessTree.Descendants(agent))
        {
            foreach (var (link, target) in Links(pid))
            {
                if (FileStatus.Behind(link) is { } file && seen.Add((target, file.Inode)))
                {
                    var inMemory =
                        target.StartsWith("/memfd:", StringComparison.Ordinal) || target.StartsWith("/dev/shm/", StringComparison.Ordinal);
                    (disk, memory) = inMemory ? (disk, memory + file.Bytes) : (disk + file.Bytes, memory);
                }
            }
        }

        return new HeldFiles(disk, memory);
    }

    private static IEnumerable<(string Link, string Target)> Links(int pid)
    {
        string[] links;
        try
        {
            links = Directory.GetFiles($"/proc/{pid}/fd");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var link in links)
        {
            string? target = null;
            try
            {
                target = new FileInfo(link).LinkTarget;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It was closed meanwhile.
            }

            if (target?.EndsWith(Nameless, StringComparison.Ordinal) == true)
            {
                yield return (link, target);
            }
        }
    }
}
