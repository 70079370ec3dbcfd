using Cairn.Kernel.Blobs;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Composition of the move of metrics to column files. Needs <see cref="IBlobStore"/> in the container.</summary>
public static class ColdServices
{
    public static IServiceCollection AddColdMetrics(this IServiceCollection services) =>
        services.AddSingleton<IBlobOwner, SegmentTable>().AddSingleton<MetricCompactor>().AddStoreChore<CompactionChore>();
}
