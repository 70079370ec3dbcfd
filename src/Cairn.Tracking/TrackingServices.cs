using Cairn.Tracking.Cleanup;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking;

/// <summary>Composition of experiments, runs with their metrics and artifacts, and logged models.</summary>
public static class TrackingServices
{
    public static IServiceCollection AddTracking(this IServiceCollection services) =>
        services.AddRuns().AddColdMetrics().AddLoggedModels().AddRemoval();
}
