namespace Cairn.Server.Telemetry;

/// <summary>
/// What a server tells of itself. Off by default: what nobody reads is not measured, and costs nothing.
/// </summary>
public sealed record TelemetryOptions
{
    /// <summary>The most traces a second that begin here without <see cref="TraceRate"/>.</summary>
    public const int DefaultTraceRate = 10;

    /// <summary>Whether <c>GET /metrics</c> answers.</summary>
    public bool Metrics { get; init; }

    /// <summary>The collector that metrics and traces are sent to, by OTLP; null for none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// Whether they are sent where the standard variables say (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its like), and no
    /// <see cref="Endpoint"/> is given.
    /// </summary>
    public bool EndpointFromEnvironment { get; init; }

    /// <summary>
    /// The most traces a second that begin at this server. Those that callers begin, and ask to have recorded, are continued besides.
    /// </summary>
    public int TraceRate { get; init; } = DefaultTraceRate;

    /// <summary>Whether the environment says that there is to be no telemetry.</summary>
    public static bool IsDisabled =>
        string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the environment names a collector, and does not say that there is to be no telemetry.</summary>
    public static bool IsInEnvironment => !IsDisabled && (Otlp.Metrics.IsInEnvironment || Otlp.Traces.IsInEnvironment);

    /// <summary>Whether a signal is sent: the environment may name a collector for one of them only.</summary>
    internal bool IsSent(OtlpSignal signal) => Endpoint is not null || (EndpointFromEnvironment && signal.IsInEnvironment);
}
