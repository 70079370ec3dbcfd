using Cairn.Kernel.Http;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs.Jobs;
using Cairn.Tracking.Search;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Tracking.Runs;

/// <summary>Composition of experiments, runs and their metrics.</summary>
public static class RunsServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services) =>
        services
            .AddSingleton(RunTables.Migrations)
            .AddSingleton<ExperimentStore>()
            .AddSingleton<RunStore>()
            .AddSingleton<RunDataReader>()
            .AddSingleton<MetricKeys>()
            .AddSingleton<MetricLog>()
            .AddSingleton<MetricReader>()
            .AddSingleton<IJobRuns, JobRuns>()
            .AddSingleton<IDoor, MoveDoor>()
            .AddSingleton<RunSearch>()
            .AddSingleton<ExperimentSearch>()
            .AddSingleton<MetricFold>()
            .AddSingleton<IHostedService>(static provider => provider.GetRequiredService<MetricFold>())
            .AddSingleton<IHostedService, DefaultExperiment>();
}
