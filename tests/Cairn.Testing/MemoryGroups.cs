namespace Cairn.Testing;

/// <summary>The kernel's groups of processes that share a limit of memory, as Slurm's nodes use them in the tests.</summary>
public static class MemoryGroups
{
    /// <summary>Why they cannot be used here, or null.</summary>
    public static string? Obstacle
    {
        get
        {
            const string root = "/sys/fs/cgroup/memory";
            if (!File.Exists(Path.Combine(root, "memory.limit_in_bytes")))
            {
                return $"Slurm's nodes cannot limit memory: {root} is not there (control groups of version 1).";
            }

            var probe = Path.Combine(root, $"cairn-probe-{Environment.ProcessId}");
            try
            {
                Directory.CreateDirectory(probe);
                Directory.Delete(probe);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"Slurm's nodes cannot limit memory: no group can be made in {root}. {e.Message}";
            }
        }
    }
}
