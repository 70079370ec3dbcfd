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
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly CollectorFailures _failures = new(time, logger);

    private readonly TracerProvider _traces = Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(Identity.Of(environment.ServerId))
        .AddSource(TelemetryNames.Source, TelemetryNames.WebSource)
        .SetSampler(new TraceRate(options.TraceRate, time))
        .AddOtlpExporter(exporter => Otlp.Point(exporter, options.Endpoint, "v1/traces"))
        .Build();

    /// <summary>Held, so that it begins with the server and not with who first asks for it.</summary>
    public Measurements Measurements => measurements;

    public override void Dispose()
    {
        _traces.Dispose();
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
                await probes.LookAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
