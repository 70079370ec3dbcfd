using OpenTelemetry.Resources;

namespace Cairn.Server.Telemetry;

/// <summary>Who measurements and traces are of: <c>cairn</c>, unless <c>OTEL_SERVICE_NAME</c> or <c>OTEL_RESOURCE_ATTRIBUTES</c> say more.</summary>
internal static class Identity
{
    public static ResourceBuilder Of(string server) =>
        ResourceBuilder
            .CreateEmpty()
            .AddService("cairn", serviceVersion: typeof(Identity).Assembly.GetName().Version!.ToString(3), serviceInstanceId: server)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
}
