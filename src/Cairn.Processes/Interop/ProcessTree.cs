using System.Globalization;

namespace Cairn.Processes.Interop;

/// <summary>The processes below a process, read from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>Pids of all descendants with their depth (1 for a child), parents before children.</summary>
    public static List<(int Pid, int Depth)> Descendants(int pid)
    {
        var found = new List<(int, int)>();
        var open = new Queue<(int Pid, int Depth)>([(pid, 0)]);
        while (open.TryDequeue(out var next))
        {
            foreach (var child in Children(next.Pid))
            {
                found.Add((child, next.Depth + 1));
                open.Enqueue((child, next.Depth + 1));
            }
        }

        return found;
    }

    /// <summary>
    /// The moment a process was started, in clock ticks since boot: with the pid it names a process for ever. Null where there is none.
    /// </summary>
    public static long? StartTime(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The command's name may hold spaces and parentheses; fields are counted from the last one. Start time is field 22, state is
            // field 3.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Children(int pid)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (IOException)
        {
            yield break;
        }

        foreach (var thread in threads)
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(thread, "children"));
            }
            catch (IOException)
            {
                continue;
            }

            foreach (var child in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return int.Parse(child, CultureInfo.InvariantCulture);
            }
        }
    }
}
