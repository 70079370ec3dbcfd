using Cairn.Classic.Jobs;
using Cairn.Classic.Models;
using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Logs;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.TuningJobs;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Classic;

/// <summary>Puts the classic AI Platform API into a server: a door to the same jobs, models and endpoints.</summary>
public static class ClassicServices
{
    public static IServiceCollection AddClassic(this IServiceCollection services) =>
        services
            .AddSingleton(ClassicJobTable.Migrations)
            .AddSingleton(ClassicModelTable.Migrations)
            .AddSingleton<ICustomJobObserver, JobProgress>()
            .AddSingleton<ITuningJobObserver, JobProgress>()
            .AddSingleton<IJobMembers, ClassicJobLogs>()
            .AddSingleton<IRpcService, JobService>()
            .AddSingleton<ModelReads>()
            .AddSingleton<VersionUpload>()
            .AddSingleton<DefaultVersion>()
            .AddSingleton<IOperationHandler, VersionCreation>()
            .AddSingleton<IOperationHandler, VersionDeletion>()
            .AddSingleton<IRpcService, ModelService>()
            .AddSingleton<IRpcService, VersionService>()
            .AddSingleton<IRpcService, OnlinePrediction>();
}
