using OpenTelemetry.Exporter;

namespace Cairn.Server.Telemetry;

/// <summary>Metrics, or traces: where a collector takes them.</summary>
/// <param name="Word">What the standard variables call it: <c>METRICS</c>.</param>
/// <param name="Path">What is added to a collector's address for HTTP.</param>
internal sealed record OtlpSignal(string Word, string Path)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    /// <summary>Whether the environment names a collector for it.</summary>
    public bool IsInEnvironment => Said("ENDPOINT");

    /// <param name="exporter">What sends; it has read the standard variables.</param>
    /// <param name="endpoint">The collector; null for the variables' own.</param>
    public void Point(OtlpExporterOptions exporter, Uri? endpoint)
    {
        // OpenTelemetry advises HTTP where nothing is said; the library's own choice is gRPC.
        if (!Said("PROTOCOL"))
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        if (endpoint is not null)
        {
            exporter.Endpoint =
                exporter.Protocol == OtlpExportProtocol.Grpc ? endpoint : new Uri(endpoint.ToString().TrimEnd('/') + "/" + Path);
        }
    }

    /// <summary>Whether a variable is there, of all signals or of this one.</summary>
    private bool Said(string what) =>
        Environment.GetEnvironmentVariable(Prefix + what) is { Length: > 0 }
        || Environment.GetEnvironmentVariable($"{Prefix}{Word}_{what}") is { Length: > 0 };
}
