using System.Diagnostics.Metrics;
using Cairn.Kernel.Database;
using Cairn.Kernel.Telemetry;

namespace Cairn.Jobs.Tasks;

/// <summary>How many jobs wait and run, by executor, and how long they waited and ran.</summary>
internal sealed class TaskTelemetry : ITelemetryProbe
{
    public const string Open = "cairn.task.open";
    public const string Age = "cairn.task.queue.age";
    public const string Wait = "cairn.task.wait.duration";
    public const string Run = "cairn.task.run.duration";

    public const string Executor = "cairn.task.executor";

    private const string State = "cairn.task.state";

    private readonly IDatabase _database;
    private readonly TaskTable _tasks;
    private readonly TimeProvider _time;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _run;
    private IReadOnlyList<OpenTasks> _open = [];

    public TaskTelemetry(IMeterFactory meters, IDatabase database, TaskTable tasks, TimeProvider time)
    {
        _database = database;
        _tasks = tasks;
        _time = time;
        var meter = meters.Create(TelemetryNames.Meter);
        meter.CreateObservableGauge(
            Open,
            () => _open.Select(static open => new Measurement<long>(open.Count, [Of(open.Executor), new(State, Word(open.State))])),
            "{job}",
            "Jobs that have not ended, of all servers of the store."
        );
        meter.CreateObservableGauge(
            Age,
            () =>
                _open
                    .Where(static open => open.State == TaskState.Queued)
                    .Select(open => new Measurement<double>(
                        Math.Max(0, (_time.GetUtcNow() - open.Oldest).TotalSeconds),
                        Of(open.Executor)
                    )),
            "s",
            "For how long the job has been in line that waits longest."
        );
        _wait = meter.CreateHistogram(Wait, "s", "How long jobs were in line before they ran.", null, Buckets.Long);
        _run = meter.CreateHistogram(Run, "s", "How long jobs ran, and how they ended.", null, Buckets.Long);
    }

    public async Task LookAsync(CancellationToken cancellation) => _open = await _database.ReadAsync(_tasks.Open, cancellation);

    /// <summary>A job's first attempt has begun.</summary>
    public void Begun(TaskRow task)
    {
        if (task is { Restarts: 0, Started: { } started })
        {
            _wait.Record(Math.Max(0, (started - task.Enqueued).TotalSeconds), Of(task.Executor));
        }
    }

    public void Ended(TaskRow task, TaskOutcome outcome, DateTimeOffset ended)
    {
        if (task.Started is { } started)
        {
            _run.Record(
                Math.Max(0, (ended - started).TotalSeconds),
                Of(task.Executor),
                new KeyValuePair<string, object?>(TelemetryNames.Outcome, Word(outcome))
            );
        }

        TaskTrace.Tell(task, outcome, ended);
    }

    internal static string Word(TaskOutcome outcome) =>
        outcome switch
        {
            TaskOutcome.Succeeded => "succeeded",
            TaskOutcome.Cancelled => "cancelled",
            _ => "failed",
        };

    private static string Word(TaskState state) =>
        state switch
        {
            TaskState.Queued => "queued",
            TaskState.Starting => "starting",
            TaskState.Running => "running",
            _ => "ending",
        };

    private static KeyValuePair<string, object?> Of(string executor) => new(Executor, executor);
}
