using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Serving.Endpoints;
using Cairn.Serving.Prediction;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Hosting;

/// <summary>
/// Starts every deployed model again after the server's start, in the background (a request that comes earlier starts its own), and then
/// follows what other servers change, by the revision.
/// </summary>
public sealed partial class DeploymentWatch(
    IDatabase database,
    EndpointRoutes routes,
    PredictorHost host,
    ServingOptions options,
    TimeProvider time,
    ILogger<DeploymentWatch> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = await RevisionAsync(stoppingToken);
        await WarmAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.RevisionInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var revision = await RevisionAsync(stoppingToken);
                if (revision != seen)
                {
                    routes.InvalidateAll();
                    var deployed = await database.ReadAsync(DeploymentTable.All, stoppingToken);
                    host.StopOthers(deployed.Select(d => (d.Endpoint, d.DeployedModelId)).ToHashSet());
                    seen = revision;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.NotRead(logger, e);
            }
        }
    }

    private async Task WarmAsync(CancellationToken cancellation)
    {
        var deployed = await database.ReadAsync(DeploymentTable.All, cancellation);
        foreach (var endpoint in deployed.Select(d => d.Endpoint).Distinct())
        {
            try
            {
                var route = await routes.GetAsync(endpoint, cancellation);
                foreach (var target in route.Targets)
                {
                    await target.Entry.ReadyAsync(cancellation);
                }
            }
            catch (StatusException e)
            {
                Log.NotStarted(logger, endpoint, e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.NotStarted(logger, endpoint, e.ToString());
            }
        }
    }

    private Task<long> RevisionAsync(CancellationToken cancellation) => database.ReadAsync(DeploymentTable.Revision, cancellation);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A model of {Endpoint} did not start; requests will try again. {Reason}")]
        public static partial void NotStarted(ILogger logger, string endpoint, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The revision of the deployments could not be read")]
        public static partial void NotRead(ILogger logger, Exception error);
    }
}
