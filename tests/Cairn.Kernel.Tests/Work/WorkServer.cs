using System.Diagnostics.Metrics;
using Cairn.Kernel.Database;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Kernel.Tests.Work;

/// <summary>The work loop of one server, with one worker.</summary>
internal sealed class WorkServer : IAsyncDisposable
{
    private readonly WorkLoop _loop;

    /// <param name="database">The store, which several servers may share.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="step">What the worker does; it is given the queue for its transactions.</param>
    /// <param name="kind">The worker's kind.</param>
    /// <param name="meters">What makes the meters of the loop, or null.</param>
    public WorkServer(
        IDatabase database,
        TimeProvider clock,
        Func<IWork, WorkItem, CancellationToken, Task<WorkStep>> step,
        WorkKind? kind = null,
        IMeterFactory? meters = null
    )
    {
        var worker = new Worker(kind ?? new WorkKind("test", 8), (item, lost) => step(Queue!, item, lost));
        Telemetry = meters is null ? null : new WorkTelemetry(meters, database, [worker], clock);
        Queue = new WorkQueue(Signal, clock);
        var environment = new ServerEnvironment
        {
            DataDirectory = "/",
            ServerId = Guid.NewGuid().ToString("N"),
            HttpUrl = static () => new Uri("http://127.0.0.1"),
            GrpcAddress = static () => "",
            Executable = "",
        };
        _loop = new WorkLoop(database, [worker], Signal, environment, clock, NullLogger<WorkLoop>.Instance, Telemetry);
        _loop.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public WorkSignal Signal { get; } = new();

    public WorkQueue Queue { get; }

    public WorkTelemetry? Telemetry { get; }

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync(CancellationToken.None);
        _loop.Dispose();
    }

    private sealed class Worker(WorkKind kind, Func<WorkItem, CancellationToken, Task<WorkStep>> step) : IWorker
    {
        public WorkKind Kind => kind;

        public Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost) => step(item, lost);
    }
}
