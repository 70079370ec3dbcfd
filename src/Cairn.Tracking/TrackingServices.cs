using Cairn.Tracking.Cleanup;
using Cairn.Tracking.Imports.Door;
using Cairn.Tracking.Metadata;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Mlflow;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tensorboards;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking;

/// <summary>Composition of experiments, runs, metadata and TensorBoard.</summary>
public static class TrackingServices
{
    public static IServiceCollection AddTracking(this IServiceCollection services) =>
        services.AddRuns().AddColdMetrics().AddMetadata().AddTensorboards().AddMlflow().AddImports().AddRemoval();
}
