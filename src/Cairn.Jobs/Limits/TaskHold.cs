using System.Globalization;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Tasks;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Limits;

/// <summary>Holds the task of an agent to its limits from before its start to its end, and says which one ended it.</summary>
internal sealed class TaskHold : IDisposable
{
    /// <summary>Should the machine run out of memory, the kernel ends a task before the server and other programs (proc(5),
    /// <c>oom_score_adj</c>).</summary>
    private const int Expendable = 500;

    private const string ScoreFile = "/proc/self/oom_score_adj";

    private readonly TaskRecord _record;
    private readonly TaskGroup? _group;
    private readonly LimitWatch _watch;
    private readonly OutOfMemoryWitness _witness;
    private readonly bool _memoryIsHeld;

    private TaskHold(
        TaskRecord record,
        TaskGroup? group,
        GroupPlace place,
        bool memoryIsHeld,
        IReadOnlyList<string> folders,
        TimeProvider time
    )
    {
        _record = record;
        _group = group;
        _memoryIsHeld = memoryIsHeld;
        _watch = new LimitWatch(record, folders, group, memoryIsHeld, time);
        _witness = new OutOfMemoryWitness(place);
    }

    /// <param name="context">The task.</param>
    /// <param name="memoryIsHeld">Whether what runs the program holds it to its memory, so that nobody need look.</param>
    /// <param name="time">The clock.</param>
    public static TaskHold Begin(TaskContext context, bool memoryIsHeld, TimeProvider time)
    {
        var place = GroupPlace.Find();
        var folders = (string[])[context.Work, context.Temporary, context.Metrics, context.Upper, context.Merged];
        return new TaskHold(context.Record, Group(context, place), place, memoryIsHeld, folders, time);
    }

    /// <summary>While it is held, what this agent starts is held to the limits.</summary>
    public IDisposable Enter() => new Start(_group?.Enter());

    /// <summary>Ends the task where it passes a limit, until cancelled.</summary>
    /// <param name="pid">The process that was started.</param>
    /// <param name="kill">Ends the task at once.</param>
    public Task FollowAsync(int pid, Func<Task> kill, CancellationToken cancellation) =>
        _watch.FollowAsync(new Orphans(pid), kill, cancellation);

    /// <summary>Ends all processes of the task.</summary>
    public void Kill() => _group?.Kill();

    /// <summary>Which limit ended the task; null where none did.</summary>
    public LimitBreach? Explain(TaskEnd end) =>
        _watch.Breach
        ?? (end.OutOfMemory || _group?.RanOutOfMemory == true ? _watch.OutOfMemory : null)
        ?? (end.Status.Signal == Libc.SigKill && _witness.WhatRanOut() is { } what ? Killed(what) : null);

    public void Dispose() => _group?.Dispose();

    /// <summary>podman does not always see that the kernel has ended a container; then the machine's counter is what tells.</summary>
    private LimitBreach Killed(string what) =>
        _memoryIsHeld
            ? _watch.OutOfMemory
            : new LimitBreach(
                $"{LimitBreach.Who(_record)} was killed by the kernel (signal 9), out of memory: it had used up {what}. Ask for a machine type with more memory."
            );

    private static TaskGroup? Group(TaskContext context, GroupPlace place)
    {
        // Containers have control groups of podman's.
        if (
            context.Record.Limits.ControlGroup is null
            || place.Own is not { } home
            || context.Record.Launcher == PodmanLauncher.LauncherName
        )
        {
            return null;
        }

        try
        {
            return TaskGroup.Create(context.Record.Limits, TaskGroup.Name(context.Record), home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Log.Say(
                $"The task has no control group ({e.Message.TrimEnd('.')}); its agent looks at its memory and processes.",
                LogSeverity.Warning
            );
            return null;
        }
    }

    private sealed class Start : IDisposable
    {
        private readonly IDisposable? _visit;
        private readonly string? _score;

        public Start(IDisposable? visit)
        {
            _visit = visit;
            try
            {
                _score = File.ReadAllText(ScoreFile).Trim();
                if (int.Parse(_score, CultureInfo.InvariantCulture) < Expendable)
                {
                    CounterFile.Write(ScoreFile, Expendable);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays as expendable as its agent.
                _score = null;
            }
        }

        public void Dispose()
        {
            if (_score is not null)
            {
                CounterFile.Write(ScoreFile, _score);
            }

            _visit?.Dispose();
        }
    }
}
