using Cairn.Kernel.Rpc;
using Cairn.Kernel.Work.Chores;
using Cairn.Tensorboards.Jobs;
using Cairn.Tensorboards.Points;
using Cairn.Tensorboards.Service;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tensorboards;

/// <summary>Composition of the Tensorboard service.</summary>
public static class TensorboardsServices
{
    /// <summary>Needs the kernel and <c>AddData</c>.</summary>
    public static IServiceCollection AddTensorboards(this IServiceCollection services) =>
        services
            .AddSingleton(TensorboardTables.Migrations)
            .AddSingleton<TrackedRuns>()
            .AddSingleton<IRunObserver, RemovedRuns>()
            .AddSingleton<BlobShelf>()
            .AddSingleton<Boards>()
            .AddSingleton<Removal>()
            .AddSingleton<ExperimentViews>()
            .AddSingleton<RunViews>()
            .AddSingleton<SeriesViews>()
            .AddSingleton<SeriesWrites>()
            .AddSingleton<SeriesReads>()
            .AddSingleton<Usage>()
            .AddServerChore<Housekeeping>()
            .AddSingleton<FollowedJobs>()
            .AddSingleton<IJobLogs>(static provider => provider.GetRequiredService<FollowedJobs>())
            .AddSingleton<LogFollower>()
            .AddSingleton<IHostedService>(static provider => provider.GetRequiredService<LogFollower>())
            .AddSingleton<IRpcService, TensorboardService>();
}
