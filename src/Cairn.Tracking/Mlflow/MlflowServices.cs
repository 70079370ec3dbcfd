using Cairn.Kernel.Http;
using Cairn.Models;
using Cairn.Tracking.Mlflow.Artifacts;
using Cairn.Tracking.Mlflow.Artifacts.Multipart;
using Cairn.Tracking.Mlflow.LoggedModels;
using Cairn.Tracking.Mlflow.Registry;
using Cairn.Tracking.Mlflow.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.Mlflow;

/// <summary>Composition of MLflow's door.</summary>
public static class MlflowServices
{
    public static IServiceCollection AddMlflow(this IServiceCollection services) =>
        services
            .AddSingleton<ArtifactStore>()
            .AddSingleton<RunAccess>()
            .AddSingleton<IMlflowCalls, ExperimentCalls>()
            .AddSingleton<IMlflowCalls, RunCalls>()
            .AddSingleton<IMlflowCalls, RunSearchCalls>()
            .AddSingleton<IMlflowCalls, MetricCalls>()
            .AddSingleton<IMlflowCalls, ArtifactCalls>()
            .AddSingleton<IMlflowCalls, ProbeCalls>()
            .AddSingleton<IMlflowCalls, AbsentCalls>()
            .AddSingleton<ArtifactFiles>()
            .AddMultipart()
            .AddLoggedModels()
            .AddSingleton(RegistryTables.Migrations)
            .AddSingleton<RegistryRows>()
            .AddSingleton<IVersionObserver, RegistryLink>()
            .AddSingleton<RegistryJson>()
            .AddSingleton<VersionFiles>()
            .AddSingleton<IMlflowCalls, RegisteredModelCalls>()
            .AddSingleton<IMlflowCalls, ModelVersionCalls>()
            .AddSingleton<IDoor, MlflowDoor>();
}
