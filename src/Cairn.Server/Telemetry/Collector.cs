using Cairn.Kernel.Hosting;
using Cairn.Kernel.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Cairn.Server.Telemetry;

/// <summary>Sends traces to a collector, and has what is measured looked at, which <see cref="Measurements"/> sends.</summary>
internal sealed class Collector(
    TelemetryOptions options,
    ServerEnvironment environment,
    Measurements measurements,
    Probes probes,
    TimeProvider time,
    ILogger<Collector> logger
) : BackgroundService
{
    /// <summary>How long the last that is sent may take, in milliseconds.</summary>
    internal const int LastMoment = 1_000;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly CollectorFailures _failures = new(time, logger);

    private readonly TracerProvider? _traces = options.IsSent(Otlp.Traces)
        ? Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Identity.Of(environment.ServerId))
            .AddSource(TelemetryNames.Source, TelemetryNames.WebSource)
            .SetSampler(new TraceRate(options.TraceRate, time))
            .AddOtlpExporter(exporter => Otlp.Traces.Point(exporter, options.Endpoint))
            .Build()
        : null;

    /// <summary>Held, so that it begins with the server and not with who first asks for it.</summary>
    public Measurements Measurements => measurements;

    public override void Dispose()
    {
        // Side by side: a collector that answers nothing holds up the server's end for this long, and no longer.
        Parallel.Invoke(() => _traces?.Shutdown(LastMoment), measurements.End);
        _traces?.Dispose();
        _failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        try
        {
            do
            {
                await probes.SeeAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
