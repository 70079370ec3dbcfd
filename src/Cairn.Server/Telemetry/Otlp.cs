using OpenTelemetry.Exporter;

namespace Cairn.Server.Telemetry;

/// <summary>Where a collector is.</summary>
internal static class Otlp
{
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>The variables that name a collector.</summary>
    public static IReadOnlyList<string> Variables { get; } =
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <param name="exporter">What sends; it has read the standard variables.</param>
    /// <param name="endpoint">The collector; null for the variables' own.</param>
    /// <param name="path">What is added to it for HTTP.</param>
    public static void Point(OtlpExporterOptions exporter, Uri? endpoint, string path)
    {
        // OpenTelemetry advises HTTP where nothing is said; the library's own choice is gRPC.
        if (Environment.GetEnvironmentVariable(Protocol) is null or "")
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        if (endpoint is not null)
        {
            exporter.Endpoint =
                exporter.Protocol == OtlpExportProtocol.Grpc ? endpoint : new Uri(endpoint.ToString().TrimEnd('/') + "/" + path);
        }
    }
}
