namespace Cairn.Server.Telemetry;

/// <summary>What is sent to collectors (opentelemetry.io/docs/specs/otel/protocol/exporter).</summary>
internal static class Otlp
{
    public static OtlpSignal Metrics { get; } = new("METRICS", "v1/metrics");

    public static OtlpSignal Traces { get; } = new("TRACES", "v1/traces");
}
