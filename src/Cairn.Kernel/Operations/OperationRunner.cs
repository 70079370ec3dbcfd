using System.Collections.Concurrent;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Kernel.Operations;

/// <summary>
/// Runs what was enqueued, here or by a server that has since died. A lease keeps two servers from the same operation; an operation whose
/// server dies is taken over when the lease expires, and its handler starts again.
/// </summary>
public sealed partial class OperationRunner(
    OperationStore store,
    OperationSignal signal,
    ILeases leases,
    ServerEnvironment environment,
    IEnumerable<IOperationHandler> handlers,
    ILogger<OperationRunner> logger
) : BackgroundService
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, IOperationHandler> _byName = handlers.ToDictionary(static handler => handler.Name);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = signal.Next;
            try
            {
                await StartPendingAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.LookFailed(logger, error);
            }

            try
            {
                await next.WaitAsync(LookAgain, stoppingToken);
            }
            catch (TimeoutException)
            {
                // Time to renew leases, and to look for work that another server left.
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    private async Task StartPendingAsync(CancellationToken stopping)
    {
        foreach (var work in await store.PendingAsync(stopping))
        {
            if (_running.TryGetValue(work.Name, out var current))
            {
                if (work.Cancelled)
                {
                    await current.CancelAsync();
                }

                await leases.TryAcquireAsync(work.Name, environment.ServerId, LeaseTime, stopping);
            }
            else if (await leases.TryAcquireAsync(work.Name, environment.ServerId, LeaseTime, stopping))
            {
                // What was listed may have ended since, here or elsewhere, and given its lease up: look again while holding it.
                if (!await store.IsPendingAsync(work.Name, stopping))
                {
                    await leases.ReleaseAsync(work.Name, environment.ServerId, stopping);
                    continue;
                }

                var source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                _running[work.Name] = source;
                _ = Task.Run(() => RunAsync(work, source, stopping), CancellationToken.None);
            }
        }
    }

    private async Task RunAsync(OperationWork work, CancellationTokenSource source, CancellationToken stopping)
    {
        var recorded = false;
        try
        {
            if (await OutcomeAsync(work, source.Token, stopping) is { } outcome)
            {
                await store.EndAsync(work.Name, outcome, CancellationToken.None);
                recorded = true;
            }
        }
        catch (Exception error)
        {
            // The store did not take the end. The operation is still to be done, so it is run again in a while; what it has done is not
            // called a failure.
            Log.NotRecorded(logger, error, work.Name);
        }
        finally
        {
            _running.TryRemove(work.Name, out _);
            source.Dispose();
            await ReleaseAsync(work.Name);
            if (recorded)
            {
                signal.Pulse();
            }
        }
    }

    /// <summary>
    /// Runs the handler and returns what to write into the operation; null where the server stops, and the operation stays as it is for the
    /// next start.
    /// </summary>
    private async Task<Action<Operation>?> OutcomeAsync(OperationWork work, CancellationToken cancellation, CancellationToken stopping)
    {
        try
        {
            if (work.Cancelled)
            {
                throw new StatusException(Code.Cancelled, "The operation was cancelled.");
            }

            if (!_byName.TryGetValue(work.Handler, out var handler))
            {
                throw new StatusException(Code.Internal, $"This server has no handler '{work.Handler}' for the operation.");
            }

            var response = await handler.RunAsync(work.Name, work.Request, cancellation);
            return operation => operation.Response = Any.Pack(response);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            var status = StatusOf(work, error);
            return operation => operation.Error = status;
        }
    }

    private Status StatusOf(OperationWork work, Exception error)
    {
        var status = (StorageErrors.Of(error) ?? error) switch
        {
            StatusException known => new Status
            {
                Code = (int)known.Code,
                Message = known.Message,
                Details = { known.Details },
            },
            OperationCanceledException => new Status { Code = (int)Code.Cancelled, Message = "The operation was cancelled." },
            _ => new Status { Code = (int)Code.Internal, Message = "The server failed while it ran the operation; its log says more." },
        };
        if (status.Code == (int)Code.Internal)
        {
            Log.HandlerFailed(logger, error, work.Handler, work.Name);
        }

        return status;
    }

    /// <summary>A lease that cannot be given back expires.</summary>
    private async Task ReleaseAsync(string name)
    {
        try
        {
            await leases.ReleaseAsync(name, environment.ServerId, CancellationToken.None);
        }
        catch (Exception error)
        {
            Log.NotReleased(logger, error, name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking for operations to run failed; it is tried again.")]
        public static partial void LookFailed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Error, "Handler {Handler} failed on {Operation}.")]
        public static partial void HandlerFailed(ILogger logger, Exception error, string handler, string operation);

        [LoggerMessage(3, LogLevel.Error, "The end of {Operation} could not be recorded; it is run again.")]
        public static partial void NotRecorded(ILogger logger, Exception error, string operation);

        [LoggerMessage(4, LogLevel.Warning, "The lease on {Operation} could not be given back; it expires.")]
        public static partial void NotReleased(ILogger logger, Exception error, string operation);
    }
}
