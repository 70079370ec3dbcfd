using Cairn.Jobs.Accelerators;
using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Environments;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Executors.Slurm;
using Cairn.Jobs.Images;
using Cairn.Jobs.Limits;
using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Jobs.Reports;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Usage;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Telemetry;
using Cairn.Kernel.Work.Chores;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Cairn.Jobs;

/// <summary>Puts jobs and logs into a server.</summary>
public static class JobsServices
{
    public static IServiceCollection AddJobs(this IServiceCollection services, JobsOptions? options = null)
    {
        services.TryAddSingleton(options ?? new JobsOptions());
        services.AddSingleton(TaskTable.Migrations);
        services.AddSingleton<TaskTable>();
        services.AddSingleton<TaskSignal>();
        services.AddSingleton<JobLineage>();
        services.AddSingleton<AcceleratorPool>();
        services.AddSingleton<TaskLine>();
        services.AddSingleton<LimitKeeper>();
        services.AddMetrics();
        services.AddSingleton<TaskTelemetry>();
        services.AddSingleton<ITelemetryProbe>(static provider => provider.GetRequiredService<TaskTelemetry>());
        services.AddSingleton<TaskTransitions>();
        services.AddSingleton<TaskRecordFactory>();
        services.AddSingleton<AttemptWatch>();
        services.AddSingleton<TaskDriver>();
        services.AddSingleton<TaskJanitor>();
        services.AddSingleton<LostMachines>();
        services.AddSingleton<Machine>();
        services.AddSingleton<RecentTasks>();
        services.AddSingleton<ICallOrigins, TaskOrigins>();
        services.AddSingleton<Failpoints>();
        services.AddSingleton<SpoolReader>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton<MetricReader>();
        services.AddSingleton<TaskController>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<TaskController>());

        services.AddSingleton<LocalAgents>();
        services.AddSingleton<IExecutor, ProcessExecutor>();
        services.AddSingleton<IExecutor, PodmanExecutor>();
        services.AddSingleton<SlurmTools>();
        services.AddSingleton<SlurmQueue>();
        services.AddSingleton<IExecutor, SlurmExecutor>();
        services.AddSingleton<ClusterStanding>();
        services.AddSingleton<KubernetesApi>();
        services.AddSingleton<KubernetesCluster>();
        services.AddSingleton<IExecutor, KubernetesExecutor>();
        services.AddServerChore<EnvironmentJanitor>();
        services.AddSingleton<ExecutorSet>();
        services.AddSingleton<InterpreterProbe>();
        services.AddSingleton<TrainingImages>();
        services.AddSingleton<InitialWeights>();
        services.AddSingleton<ICustomJobs, CustomJobQueue>();
        services.AddSingleton<IRpcService, JobService>();
        return services.AddLogs();
    }

    private static IServiceCollection AddLogs(this IServiceCollection services)
    {
        services.AddSingleton(LogTable.Migrations);
        services.AddSingleton<LogTable>();
        services.AddSingleton(LogBlockTable.Migrations);
        services.AddSingleton<LogBlockTable>();
        services.AddSingleton(UnpackedLogs.Migrations);
        services.AddSingleton<UnpackedLogs>();
        services.AddServerChore<LogPacking>();
        services.AddSingleton<IDoor, LogLinesDoor>();
        services.AddSingleton<LogStore>();
        services.AddSingleton<LogTailLimits>();
        services.AddSingleton<LogTails>();
        services.AddSingleton<IRunObserver, RunLogs>();
        services.AddSingleton<IRpcService, LoggingService>();
        services.AddServerChore<LogRetention>();
        return services;
    }
}
