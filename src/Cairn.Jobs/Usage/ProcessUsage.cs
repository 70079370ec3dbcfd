using System.Globalization;

namespace Cairn.Jobs.Usage;

/// <summary>
/// What the processes below an agent use, read from <c>/proc</c>: they are the task, whatever runs it, because the agent adopts what
/// detaches itself.
/// </summary>
/// <param name="Processor">Processor time since the agent began, that of processes that have ended included.</param>
/// <param name="Memory">Bytes in memory now; pages that several processes share are counted once.</param>
internal readonly record struct ProcessUsage(TimeSpan Processor, long Memory)
{
    /// <summary>The unit of times in <c>/proc/PID/stat</c>: USER_HZ, which is 100 on every Linux.</summary>
    private const int TicksPerSecond = 100;

    private const int UserTime = 11;
    private const int ChildrenSystemTime = 14;

    public static ProcessUsage Below(int pid)
    {
        // A process counts with its children that ended; of the agent itself only those count.
        var ticks = Ticks(pid, UserTime + 2);
        var memory = 0L;
        foreach (var (child, _) in ProcessTree.Descendants(pid))
        {
            ticks += Ticks(child, UserTime);
            memory += MemoryOf(child);
        }

        return new ProcessUsage(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), memory);
    }

    private static long Ticks(int pid, int first)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // Fields are counted from behind the command's name, which may hold anything.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var sum = 0L;
            for (var field = first; field <= ChildrenSystemTime; field++)
            {
                sum += long.Parse(fields[field], CultureInfo.InvariantCulture);
            }

            return sum;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static long MemoryOf(int pid)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
            {
                if (line.StartsWith("Pss:", StringComparison.Ordinal))
                {
                    return long.Parse(line.AsSpan(4).Trim().TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) * 1024;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or an old kernel: its resident pages are told to all.
        }

        try
        {
            return long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture)
                * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
