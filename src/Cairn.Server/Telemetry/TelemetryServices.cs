using Cairn.Kernel.Database;
using Cairn.Kernel.Http;
using Cairn.Kernel.Telemetry;
using Cairn.Kernel.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Server.Telemetry;

/// <summary>Puts what rooms measure into a server, and what reads it where somebody asked for that.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton<RequestTelemetry>();
        services.AddSingleton<StoreTelemetry>();
        services.AddSingleton<ITelemetryProbe, StoreSize>();
        services.AddSingleton<WorkTelemetry>();
        services.AddSingleton<ITelemetryProbe>(static provider => provider.GetRequiredService<WorkTelemetry>());
        services.AddSingleton<Probes>();
        services.AddSingleton<Measurements>();
        services.AddSingleton<IDoor, MetricsDoor>();
        if (options.IsSent(Otlp.Metrics) || options.IsSent(Otlp.Traces))
        {
            services.AddSingleton<IHostedService, Collector>();
        }
    }
}
