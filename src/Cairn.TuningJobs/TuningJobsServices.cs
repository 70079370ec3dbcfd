using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Logs;
using Cairn.Jobs.Reports;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Work;
using Cairn.TuningJobs.Storage;
using Cairn.TuningJobs.Trials;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.TuningJobs;

/// <summary>Puts hyperparameter tuning jobs into a server: a study whose trials are custom jobs.</summary>
public static class TuningJobsServices
{
    public static IServiceCollection AddTuningJobs(this IServiceCollection services) =>
        services
            .AddSingleton(TuningJobSchema.Migrations)
            .AddSingleton<TuningJobChanges>()
            .AddSingleton<IHyperparameterTuningJobs, TuningJobQueue>()
            .AddSingleton<ICustomJobObserver, TrialJobObserver>()
            .AddSingleton<IJobMembers, TrialLogs>()
            .AddSingleton<IJobMetricObserver, TrialMetrics>()
            .AddSingleton<TrialStarter>()
            .AddSingleton<TrialStopper>()
            .AddSingleton<TrialFinisher>()
            .AddSingleton<RunMetrics>()
            .AddSingleton<IWorker, TuningWorker>()
            .AddSingleton<IRpcService, TuningJobService>();
}
