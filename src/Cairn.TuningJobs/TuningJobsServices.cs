using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Logs;
using Cairn.Jobs.Reports;
using Cairn.Kernel.Rpc;
using Cairn.TuningJobs.Storage;
using Cairn.TuningJobs.Trials;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.TuningJobs;

/// <summary>Puts hyperparameter tuning jobs into a server: a study whose trials are custom jobs.</summary>
public static class TuningJobsServices
{
    public static IServiceCollection AddTuningJobs(this IServiceCollection services) =>
        services
            .AddSingleton(TuningJobSchema.Migrations)
            .AddSingleton<TuningSignal>()
            .AddSingleton<TuningJobChanges>()
            .AddSingleton<IHyperparameterTuningJobs, TuningJobQueue>()
            .AddSingleton<ICustomJobObserver, TrialJobObserver>()
            .AddSingleton<IJobMembers, TrialLogs>()
            .AddSingleton<IJobMetricObserver, TrialMetrics>()
            .AddSingleton<TrialStarter>()
            .AddSingleton<TrialStopper>()
            .AddSingleton<TrialFinisher>()
            .AddSingleton<RunMetrics>()
            .AddSingleton<TuningStep>()
            .AddSingleton<IHostedService, TuningController>()
            .AddSingleton<IRpcService, TuningJobService>();
}
