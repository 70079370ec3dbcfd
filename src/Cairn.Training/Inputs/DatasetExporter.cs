using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Training.Inputs;

/// <summary>
/// Looks for pipelines whose data is to be exported, and has them exported, a few at a time. A lease keeps two servers from the same one; a pipeline that is cancelled is no
/// longer found, and its export stops.
/// </summary>
internal sealed partial class DatasetExporter(IDatabase database, PipelineExport export, ILeases leases, ServerEnvironment server, TimeProvider time, ILogger<DatasetExporter> logger) : BackgroundService
{
    private const int AtOnce = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Running> running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(static one => one.Work)).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            foreach (var (pipeline, one) in running.Where(static pair => pair.Value.Work.IsCompleted).ToList())
            {
                running.Remove(pipeline);
                one.Cancel.Dispose();
                await leases.ReleaseAsync(Name(pipeline), server.ServerId, stopping).ConfigureAwait(false);
            }

            var waiting = await database.ReadAsync(ExportTable.Waiting, stopping).ConfigureAwait(false);
            foreach (var (pipeline, one) in running)
            {
                if (!waiting.Contains(pipeline) || !await KeepAsync(pipeline, one, stopping).ConfigureAwait(false))
                {
                    await one.Cancel.CancelAsync().ConfigureAwait(false);
                }
            }

            foreach (var pipeline in waiting.Where(pipeline => !running.ContainsKey(pipeline)))
            {
                if (running.Count < AtOnce && await leases.TryAcquireAsync(Name(pipeline), server.ServerId, Lease, stopping).ConfigureAwait(false))
                {
                    var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                    running[pipeline] = new Running(Task.Run(() => RunAsync(pipeline, cancel.Token), CancellationToken.None), cancel) { Renewed = time.GetUtcNow() };
                }
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.LookFailed(logger, error);
        }
    }

    /// <summary>Renews the lease when it is time; false where another server has it now.</summary>
    private async Task<bool> KeepAsync(string pipeline, Running one, CancellationToken stopping)
    {
        if (time.GetUtcNow() - one.Renewed < Renewal)
        {
            return true;
        }

        one.Renewed = time.GetUtcNow();
        return await leases.TryAcquireAsync(Name(pipeline), server.ServerId, Lease, stopping).ConfigureAwait(false);
    }

    private async Task RunAsync(string pipeline, CancellationToken cancellation)
    {
        try
        {
            await export.RunAsync(pipeline, cancellation).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await EndAsync(pipeline, error, cancellation).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(string pipeline, Exception error, CancellationToken cancellation)
    {
        try
        {
            if (cancellation.IsCancellationRequested)
            {
                // The pipeline was cancelled, or this server stops, or another has it: no failure of the data's.
                await export.ForgetAsync(pipeline, CancellationToken.None).ConfigureAwait(false);
                return;
            }

            if (error is not StatusException)
            {
                Log.Failed(logger, error, pipeline);
            }

            var known = error as StatusException;
            await export.FailAsync(
                pipeline,
                known?.Code ?? Google.Rpc.Code.Internal,
                $"The data could not be exported: {known?.Message ?? "the server failed while it read or wrote; its log says more."}",
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception again)
        {
            Log.LookFailed(logger, again);
        }
    }

    private static string Name(string pipeline) => "training-export/" + pipeline;

    private sealed record Running(Task Work, CancellationTokenSource Cancel)
    {
        public DateTimeOffset Renewed { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking for data to export failed; it is tried again.")]
        public static partial void LookFailed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Error, "The data of {Pipeline} could not be exported.")]
        public static partial void Failed(ILogger logger, Exception error, string pipeline);
    }
}
