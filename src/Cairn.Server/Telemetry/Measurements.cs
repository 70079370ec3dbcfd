using Cairn.Kernel.Hosting;
using Cairn.Kernel.Http;
using Cairn.Kernel.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Cairn.Server.Telemetry;

/// <summary>What is measured, added up for whoever reads it. Where nobody does, nothing is listened to.</summary>
internal sealed class Measurements : IDisposable
{
    /// <summary>What .NET tells of itself: memory, collections, the thread pool, exceptions.</summary>
    private const string Runtime = "System.Runtime";

    /// <summary>Methods and routes by their codes: the API has thousands, of which a server sees some.</summary>
    private const int MostCalls = 10_000;

    private readonly PrometheusExporter? _text;
    private readonly MeterProvider? _provider;
    private readonly Lock _gate = new();

    public Measurements(TelemetryOptions options, ServerEnvironment environment)
    {
        var isSent = options.IsSent(Otlp.Metrics);
        if (!options.Metrics && !isSent)
        {
            return;
        }

        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Identity.Of(environment.ServerId))
            .AddMeter(TelemetryNames.Meter, Runtime)
            .AddView(RequestTelemetry.Http, new MetricStreamConfiguration { CardinalityLimit = MostCalls })
            .AddView(RequestTelemetry.Rpc, new MetricStreamConfiguration { CardinalityLimit = MostCalls });
        if (options.Metrics)
        {
            _text = new PrometheusExporter();
            builder.AddReader(
                new BaseExportingMetricReader(_text) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative }
            );
        }

        if (isSent)
        {
            builder.AddOtlpExporter(exporter => Otlp.Metrics.Point(exporter, options.Endpoint));
        }

        _provider = builder.Build();
    }

    /// <summary>Whether it is read here.</summary>
    public bool IsRead => _text is not null;

    /// <summary>All of it in Prometheus' text format; null where it is not read here.</summary>
    public string? Text()
    {
        if (_text is null)
        {
            return null;
        }

        lock (_gate)
        {
            _text.Collect!(Timeout.Infinite);
            return _text.Text;
        }
    }

    /// <summary>Sends what was not sent yet, unless the collector takes it too slowly.</summary>
    public void End() => _provider?.Shutdown(Collector.LastMoment);

    public void Dispose() => _provider?.Dispose();
}
