using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.Kernel.Database;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Store;
using Cairn.Kernel.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Kernel.Work;

/// <summary>
/// Claims what is due and has it stepped, of every kind that this server has a worker for. A claim is a lease: it is renewed while the
/// step runs, and ends when the server does, so that another takes the item over. A step whose lease is lost is told; its writes are
/// refused by the fence. One item that fails waits for longer and longer, and holds up no other. While nothing is due, nothing is
/// written.
/// </summary>
public sealed partial class WorkLoop(
    IDatabase database,
    IEnumerable<IWorker> workers,
    WorkSignal signal,
    ServerEnvironment environment,
    TimeProvider time,
    ILogger<WorkLoop> logger,
    WorkTelemetry? telemetry = null
) : BackgroundService
{
    /// <summary>
    /// How often the table is looked at though nobody pulsed: another server may have left something, or put something in.
    /// </summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<IWorker> _all = [.. workers];
    private readonly ConcurrentDictionary<(string Kind, string Key), RunningStep> _running = new();
    private readonly ClockSteps _clock = new(time.GetUtcNow());
    private DateTimeOffset _renewed;

    /// <summary>How many steps are over whose items are being given back.</summary>
    private int _givingBack;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = LookAgain;
            try
            {
                await FollowClockAsync(stoppingToken);
                await WatchAsync(stoppingToken);
                await StartDueAsync(stoppingToken);
                wait = await UntilNextAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.LookFailed(logger, error);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            try
            {
                await signal.WaitAsync(wait, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        // Steps were told by their token; what they give back is another server's at once.
        while (!_running.IsEmpty || Volatile.Read(ref _givingBack) > 0)
        {
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>A clock that is set back puts nothing off: what is due in an hour is due in an hour still, and what was due is.</summary>
    private async Task FollowClockAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        if (_clock.Back(now) is var back && back > TimeSpan.Zero)
        {
            await database.WriteAsync(session => _all.Sum(worker => WorkTable.SetBack(session, worker.Kind.Name, back, now)), stopping);
            Log.ClockSetBack(logger, back);
        }

        _clock.Seen(now);
    }

    /// <summary>Tells steps that their items were cancelled, removed or taken over, and renews the leases of the others.</summary>
    private async Task WatchAsync(CancellationToken stopping)
    {
        var steps = _running.Values.ToList();
        if (steps.Count == 0)
        {
            return;
        }

        var held = await database.ReadAsync(session => WorkTable.Of(session, environment.ServerId), stopping);
        foreach (var step in steps)
        {
            var known = held.TryGetValue((step.Item.Kind, step.Item.Key), out var row) && row.Fence == step.Item.Fence;
            if (!known || (row.Cancelled && !step.Item.Cancelled))
            {
                step.Stop();
            }
        }

        var now = time.GetUtcNow();
        var shortest = steps.Min(static step => step.Worker.Kind.Lease) / 3;
        if (now - _renewed < shortest && now >= _renewed)
        {
            return;
        }

        await database.WriteAsync(
            session =>
            {
                foreach (var step in steps)
                {
                    WorkTable.Renew(session, step.Item, step.Worker.Kind.Lease, now);
                }

                return true;
            },
            stopping
        );
        _renewed = now;
    }

    private async Task StartDueAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var open = _all.Where(worker => Free(worker) > 0).ToList();
        var due = await database.ReadAsync(
            session => open.Where(worker => WorkTable.FirstDue(session, worker.Kind.Name) <= Timestamps.ToMicros(now)).ToList(),
            stopping
        );
        if (due.Count == 0)
        {
            return;
        }

        var claimed = await database.WriteAsync(
            session =>
                due.ToDictionary(
                    static worker => worker,
                    worker => WorkTable.Claim(session, worker.Kind, Free(worker), environment.ServerId, now)
                ),
            stopping
        );
        foreach (var (worker, item) in claimed.SelectMany(static pair => pair.Value.Select(item => (pair.Key, item))))
        {
            var step = new RunningStep(worker, item, stopping);
            if (!_running.TryAdd((item.Kind, item.Key), step))
            {
                // This server stalled for longer than its lease, and has claimed an item that its own former step still works on: that
                // step has lost it. The item is claimed again when this lease ends.
                if (_running.TryGetValue((item.Kind, item.Key), out var former))
                {
                    former.Stop();
                }

                step.Dispose();
                continue;
            }

            _ = Task.Run(() => RunAsync(step, stopping), CancellationToken.None);
        }
    }

    /// <summary>How long nothing needs to be looked at, if nobody pulses.</summary>
    private async Task<TimeSpan> UntilNextAsync(CancellationToken stopping)
    {
        var now = Timestamps.ToMicros(time.GetUtcNow());
        var open = _all.Where(worker => Free(worker) > 0).ToList();
        var next = await database.ReadAsync(session => open.Min(worker => WorkTable.FirstDue(session, worker.Kind.Name)), stopping);
        return next is { } due && due - now < LookAgain.TotalMicroseconds
            ? TimeSpan.FromMicroseconds(Math.Max(due - now, 1_000))
            : LookAgain;
    }

    /// <summary>How many more steps of a worker may run.</summary>
    private int Free(IWorker worker) => worker.Kind.AtOnce - _running.Keys.Count(key => key.Kind == worker.Kind.Name);

    private async Task RunAsync(RunningStep step, CancellationToken stopping)
    {
        var item = step.Item;
        Action<ISqlSession>? after = null;
        using var span = TelemetryNames.Spans.StartActivity($"work {item.Kind}");
        var began = telemetry?.Began(item.Kind);
        var outcome = "done";
        try
        {
            var next = await step.Worker.StepAsync(item, step.Lost);
            outcome = next.IsDone ? "done" : "again";
            after = session =>
            {
                if (next.IsDone)
                {
                    WorkTable.End(session, item, time.GetUtcNow());
                }
                else
                {
                    WorkTable.GiveBack(session, item, next.After, 0, next.Note, null, time.GetUtcNow());
                }
            };
        }
        catch (Exception error) when (step.Lost.IsCancellationRequested)
        {
            // It was stopped. Whoever has it now, or sees that it was cancelled, goes on at once.
            outcome = "stopped";
            Log.Stopped(logger, item.Kind, item.Key, error.Message);
            after = session => WorkTable.GiveBack(session, item, TimeSpan.Zero, item.Attempt, null, null, time.GetUtcNow());
        }
        catch (Exception error)
        {
            var failures = item.Attempt + 1;
            outcome = "failed";
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            Log.StepFailed(logger, error, item.Kind, item.Key, failures);
            after = session =>
                WorkTable.GiveBack(session, item, step.Worker.Kind.Backoff(failures), failures, null, Said(error), time.GetUtcNow());
        }

        span?.SetTag("cairn.work.key", item.Key).SetTag(TelemetryNames.Outcome, outcome);
        telemetry?.Ended(item.Kind, began!.Value, outcome);

        // Before the item can be claimed again, which would be a second step of it here.
        Interlocked.Increment(ref _givingBack);
        _running.TryRemove(KeyValuePair.Create((item.Kind, item.Key), step));
        try
        {
            await database.WriteAsync(
                session =>
                {
                    after(session);
                    return true;
                },
                CancellationToken.None
            );
        }
        catch (Exception error)
        {
            // Then the lease ends by itself, and the step is run again.
            Log.NotGivenBack(logger, error, item.Kind, item.Key);
        }
        finally
        {
            Interlocked.Decrement(ref _givingBack);
            step.Dispose();
            signal.Pulse();
        }
    }

    private static string Said(Exception error)
    {
        var text = error.Message.Replace('\0', ' ');
        return text.Length <= 1_000 ? text : text[..(char.IsHighSurrogate(text[999]) ? 999 : 1_000)];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking for work failed; it is tried again.")]
        public static partial void LookFailed(ILogger logger, Exception error);

        [LoggerMessage(
            2,
            LogLevel.Error,
            "The step of {Kind} for {Key} failed, {Failures} times in a row now; it is tried again, and the others go on."
        )]
        public static partial void StepFailed(ILogger logger, Exception error, string kind, string key, int failures);

        [LoggerMessage(3, LogLevel.Information, "The step of {Kind} for {Key} was stopped: {Reason}")]
        public static partial void Stopped(ILogger logger, string kind, string key, string reason);

        [LoggerMessage(4, LogLevel.Error, "What {Kind} does next for {Key} could not be written down; the step is run again.")]
        public static partial void NotGivenBack(ILogger logger, Exception error, string kind, string key);

        [LoggerMessage(5, LogLevel.Warning, "The clock was set back by {Back}; work that waits for a time waits no longer for it.")]
        public static partial void ClockSetBack(ILogger logger, TimeSpan back);
    }
}
