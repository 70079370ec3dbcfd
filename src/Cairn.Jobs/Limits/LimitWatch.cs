using System.Globalization;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Limits;

/// <summary>
/// Looks at what a task uses, and ends it when that is more than it may: four times a second at its processes, less often at its files. A
/// look that takes long, as at a million files, is repeated
/// so seldom that looking stays a small part of the work. Memory and processes that a control group holds are only asked for what became
/// of them.
/// </summary>
/// <param name="folders">The task's folders, which it writes to.</param>
/// <param name="group">The task's control group, or null.</param>
/// <param name="memoryIsHeld">Whether somebody else, such as podman, holds the task to its memory.</param>
internal sealed class LimitWatch(TaskRecord record, IReadOnlyList<string> folders, TaskGroup? group, bool memoryIsHeld, TimeProvider time)
{
    private const int ShareOfProcesses = 10;
    private const int ShareOfFiles = 20;

    private static readonly TimeSpan ProcessInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestProcessInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestFileInterval = TimeSpan.FromMinutes(1);

    private readonly TaskLimits _limits = record.Limits;
    private readonly string _who = LimitBreach.Who(record);
    private readonly int _agent = Environment.ProcessId;
    private SizeLimit? _disk;
    private long _heldMemory;

    /// <summary>Which limit was passed, if one was.</summary>
    public LimitBreach? Breach { get; private set; }

    /// <summary>Looks until cancelled, or until a limit has been passed.</summary>
    /// <param name="orphans">What the task's programs leave behind.</param>
    /// <param name="kill">Ends the task at once.</param>
    public async Task FollowAsync(Orphans orphans, Func<Task> kill, CancellationToken cancellation)
    {
        _disk = DiskLimit();
        var filesDue = TimeSpan.Zero;
        var start = time.GetTimestamp();
        var pause = ProcessInterval;
        while (true)
        {
            await Task.Delay(pause, time, cancellation);
            pause = Pause(
                ShareOfProcesses,
                ProcessInterval,
                LongestProcessInterval,
                () =>
                {
                    orphans.Reap();
                    Breach = OfProcesses();
                }
            );
            if (Breach is null && time.GetElapsedTime(start) >= filesDue)
            {
                var next = Pause(ShareOfFiles, FileInterval, LongestFileInterval, () => Breach = OfFiles());
                filesDue = time.GetElapsedTime(start) + next;
            }

            if (Breach is not null)
            {
                await kill();
                return;
            }
        }
    }

    /// <summary>
    /// Looks, and returns how long to wait for the next look: by what it took of the processor, not by the clock, which goes on where a
    /// task takes the processor from its agent.
    /// </summary>
    private static TimeSpan Pause(int share, TimeSpan least, TimeSpan most, Action look)
    {
        var before = Environment.CpuUsage.TotalTime;
        look();
        return TimeSpan.FromTicks(Math.Clamp((Environment.CpuUsage.TotalTime - before).Ticks * share, least.Ticks, most.Ticks));
    }

    /// <summary>Which limit of its processes and their memory the task has passed.</summary>
    internal LimitBreach? OfProcesses()
    {
        if (group is not null)
        {
            return group.RanOutOfMemory ? OutOfMemory
                : group.RanOutOfProcesses ? OutOfProcesses
                : null;
        }

        var use = TreeUse.Below(_agent);
        if (use.Processes >= _limits.Processes)
        {
            return OutOfProcesses;
        }

        // What is quick to find out is never too little, so that only what seems too much is looked at exactly.
        var most = memoryIsHeld ? null : _limits.Memory?.Bytes;
        return Sum(use) > most && Sum(TreeUse.ExactlyBelow(_agent)) > most ? OutOfMemory : null;
    }

    /// <summary>Which limit of its files the task has passed.</summary>
    internal LimitBreach? OfFiles()
    {
        if (_limits.Disk is null)
        {
            return null;
        }

        var held = HeldFiles.Of(_agent);
        _heldMemory = held.Memory;
        var use = new FolderUse(held.Disk, 0, TooDeep: false);
        foreach (var folder in folders)
        {
            use += FolderUse.Of(folder, TaskLimits.MaxFiles - use.Files);
        }

        return use.Bytes > _disk!.Bytes ? new LimitBreach(_disk.Passed(_who, "the disk"))
            : use.Files > TaskLimits.MaxFiles ? TooManyFiles
            : use.TooDeep ? TooDeep
            : null;
    }

    /// <summary>Memory of files without a name may be mapped as well; it counts once.</summary>
    private long Sum(TreeUse use) => use.Own + Math.Max(use.Shared, _heldMemory);

    /// <summary>A sentence for a task that used more memory than it has.</summary>
    public LimitBreach OutOfMemory => new(_limits.Memory?.Passed(_who, "memory") ?? $"{_who} ran out of memory.");

    private LimitBreach TooManyFiles =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_who} made more than {TaskLimits.MaxFiles:N0} files and folders, what a task may have at once. Put more into each, such as an archive."
            )
        );

    private LimitBreach TooDeep =>
        new(
            $"{_who} made more than {FolderUse.MaxDepth} folders in each other, which is as deep as a task's files are counted. Use fewer."
        );

    private LimitBreach OutOfProcesses =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_who} reached the {_limits.Processes:N0} processes and threads that this server allows a task at once (--job-processes). Start fewer, or ask the server's administrator for more."
            )
        );

    /// <summary>What the disk has no room for a task may not have either, and others need room as well.</summary>
    private SizeLimit? DiskLimit()
    {
        if (_limits.Disk is not { } asked)
        {
            return null;
        }

        try
        {
            var share = new DriveInfo(folders[0]).AvailableFreeSpace / 5 * 4;
            return share < asked.Bytes
                ? new SizeLimit(
                    share,
                    "four fifths of what was free on its disk when it began",
                    "Use less, or have the server's administrator make room."
                )
                : asked;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return asked;
        }
    }
}
