using System.Collections.Concurrent;
using Cairn.Kernel.Errors;
using Cairn.Serving.Predictors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Prediction;

/// <summary>
/// The predictors that run on this server, one for each deployed model. One that is needed and not there is started once, however many
/// requests wait for it; one that is no longer deployed finishes the requests it holds and is then stopped.
/// </summary>
public sealed partial class PredictorHost(IEnumerable<IPredictorRuntime> runtimes, TimeProvider time, ILogger<PredictorHost> logger)
    : IHostedService
{
    private readonly Dictionary<string, IPredictorRuntime> _runtimes = runtimes.ToDictionary(r => r.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Endpoint, string Id), PredictorEntry> _entries = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The entry of a deployed model, started or not.</summary>
    public PredictorEntry Entry(PredictorSpec spec) =>
        _entries.GetOrAdd(
            (spec.Endpoint, spec.DeployedModelId),
            static (_, args) => new PredictorEntry(args.spec, args.host._runtimes[args.spec.Runtime], args.time, args.host._stopping.Token),
            (spec, host: this, time)
        );

    /// <summary>Starts a predictor, or waits until the one that is being started is ready.</summary>
    /// <exception cref="StatusException">It does not start, with the reason.</exception>
    public async Task StartAsync(PredictorSpec spec, CancellationToken cancellation)
    {
        var entry = Entry(spec);
        try
        {
            await entry.ReadyAsync(cancellation);
        }
        catch
        {
            if (entry.Failed)
            {
                _entries.TryRemove(new((spec.Endpoint, spec.DeployedModelId), entry));
            }

            throw;
        }
    }

    /// <summary>Stops a predictor in the background, once it has answered what it holds.</summary>
    public Task StopAsync(string endpoint, string deployedModelId)
    {
        if (_entries.TryRemove((endpoint, deployedModelId), out var entry))
        {
            _ = RetireAsync(entry);
        }

        return Task.CompletedTask;
    }

    /// <summary>Stops what is not in <paramref name="deployed"/> any more: another server undeployed it.</summary>
    public void StopOthers(IReadOnlySet<(string Endpoint, string Id)> deployed)
    {
        foreach (var (key, entry) in _entries)
        {
            // What is being started is not deployed yet.
            if (!deployed.Contains(key) && entry.Routed && _entries.TryRemove(new(key, entry)))
            {
                _ = RetireAsync(entry);
            }
        }
    }

    /// <summary>How many predictors are in which state, by runtime.</summary>
    public IReadOnlyList<(string Runtime, string State, long Count)> Count() =>
        [
            .. _entries
                .Values.GroupBy(static entry => (entry.Spec.Runtime, entry.State))
                .Select(static group => (group.Key.Runtime, group.Key.State, group.LongCount())),
        ];

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_entries.Values.Select(RetireAsync))
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RetireAsync(PredictorEntry entry)
    {
        try
        {
            await entry.DisposeAsync();
        }
        catch (Exception e)
        {
            Log.NotStopped(logger, entry.Spec.Title, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Title} did not stop cleanly")]
        public static partial void NotStopped(ILogger logger, string title, Exception error);
    }
}
