using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Limits;

/// <summary>The control group of one task, made by its agent and removed with its end.</summary>
internal sealed class TaskGroup : IDisposable
{
    private readonly string _folder;
    private readonly string _home;

    private TaskGroup(string folder, string home) => (_folder, _home) = (folder, home);

    /// <summary>How often the kernel has ended processes of the task because it used more memory than it has.</summary>
    public bool RanOutOfMemory => CounterFile.Read(In("memory.events"), "oom_kill") > 0;

    /// <summary>Whether the kernel has refused the task one more process.</summary>
    public bool RanOutOfProcesses => CounterFile.Read(In("pids.events"), "max") > 0;

    /// <param name="limits">The task's limits, and the group that its own is made in.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="home">The group that the agent is in.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static TaskGroup Create(TaskLimits limits, string name, string home)
    {
        Remove(limits.ControlGroup, name);
        var group = new TaskGroup(Directory.CreateDirectory(Path.Combine(limits.ControlGroup!, name)).FullName, home);
        if (limits.Memory is { } memory)
        {
            CounterFile.Write(group.In("memory.max"), memory.Bytes);

            // What does not fit would else go to the disk, and slow down everybody.
            WriteIfThere(group.In("memory.swap.max"), 0);

            // All of it ends, rather than a part of it that the rest waits for.
            CounterFile.Write(group.In("memory.oom.group"), 1);
        }

        if (limits.Processes is { } processes)
        {
            CounterFile.Write(group.In("pids.max"), processes);
        }

        return group;
    }

    /// <summary>What an agent calls its group, so that the server finds what one that was killed has left.</summary>
    public static string Name(TaskRecord record) => $"{record.Task}-{record.Replica}";

    /// <summary>Ends what is left in a task's group, and removes it; nothing happens where there is none.</summary>
    public static void Remove(string? parent, string name)
    {
        if (parent is not null && Path.Combine(parent, name) is var folder && Directory.Exists(folder))
        {
            new TaskGroup(folder, "").Dispose();
        }
    }

    /// <summary>While it is held, what this process starts is in the group from its first moment.</summary>
    public IDisposable Enter()
    {
        CounterFile.Write(In("cgroup.procs"), Environment.ProcessId);
        return new Visit(_home);
    }

    /// <summary>Ends all of the task's processes at once.</summary>
    public void Kill()
    {
        try
        {
            WriteIfThere(In("cgroup.kill"), 1);
        }
        catch (IOException)
        {
            // Kernels before 5.14 have no such file; the processes are ended one by one.
        }
    }

    public void Dispose()
    {
        Kill();
        try
        {
            Directory.Delete(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Processes that are being ended are still in it; the server removes it with the job.
        }
    }

    private static void WriteIfThere(string path, long value)
    {
        if (File.Exists(path))
        {
            CounterFile.Write(path, value);
        }
    }

    private string In(string file) => Path.Combine(_folder, file);

    private sealed class Visit(string home) : IDisposable
    {
        public void Dispose() => CounterFile.Write(Path.Combine(home, "cgroup.procs"), Environment.ProcessId);
    }
}
