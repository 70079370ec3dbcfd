using System.Globalization;

namespace Cairn.Jobs.Limits;

/// <summary>
/// What the processes below an agent have, read from <c>/proc</c>: its task, whatever runs it, because the agent adopts what detaches
/// itself. Files that are mapped do not count as memory: the kernel
/// drops them when it needs room, as a control group would.
/// </summary>
/// <param name="Processes">Processes and threads.</param>
/// <param name="Own">Bytes of memory that no file stands behind, in swap as well.</param>
/// <param name="Shared">Bytes of memory that is mapped to be shared.</param>
internal readonly record struct TreeUse(int Processes, long Own, long Shared)
{
    public static TreeUse operator +(TreeUse one, TreeUse other) =>
        new(one.Processes + other.Processes, one.Own + other.Own, one.Shared + other.Shared);

    /// <summary>Pages that several processes share count for each of them, so that it is no less than what they use.</summary>
    public static TreeUse Below(int agent) => Sum(agent, static pid => Parse(Lines(pid, "status")));

    /// <summary>Each shared page counted once: much slower to find out.</summary>
    public static TreeUse ExactlyBelow(int agent) =>
        Sum(agent, static pid => ParseExact(Lines(pid, "smaps_rollup")) ?? Parse(Lines(pid, "status")));

    /// <summary>Reads the lines of <c>/proc/PID/status</c>.</summary>
    internal static TreeUse Parse(IEnumerable<string> status)
    {
        var (threads, own, shared) = (0L, 0L, 0L);
        foreach (var line in status)
        {
            if (line.StartsWith("State:\tZ", StringComparison.Ordinal))
            {
                // It has ended.
                return default;
            }

            threads += Value(line, "Threads:") ?? 0;
            own += Value(line, "RssAnon:") ?? Value(line, "VmSwap:") ?? 0;
            shared += Value(line, "RssShmem:") ?? 0;
        }

        return new TreeUse((int)threads, own * 1024, shared * 1024);
    }

    /// <summary>Reads the lines of <c>/proc/PID/smaps_rollup</c>; null where they do not tell, as those of kernels before 5.9 do
    /// not.</summary>
    internal static TreeUse? ParseExact(IEnumerable<string> rollup)
    {
        long? own = null;
        var shared = 0L;
        foreach (var line in rollup)
        {
            if ((Value(line, "Pss_Anon:") ?? Value(line, "SwapPss:")) is { } value)
            {
                own = (own ?? 0) + value;
            }

            shared += Value(line, "Pss_Shmem:") ?? 0;
        }

        return own is { } known ? new TreeUse(0, known * 1024, shared * 1024) : null;
    }

    private static TreeUse Sum(int agent, Func<int, TreeUse> each) =>
        ProcessTree.Descendants(agent).Aggregate(default(TreeUse), (sum, process) => sum + each(process.Pid));

    private static long? Value(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal)
        && long.TryParse(
            line.AsSpan(name.Length).Trim().TrimEnd("kB ").Trim(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;

    /// <summary>Nothing where the process has ended, or may not be looked at.</summary>
    private static string[] Lines(int pid, string file)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
