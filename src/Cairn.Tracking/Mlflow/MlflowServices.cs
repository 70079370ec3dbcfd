using Cairn.Kernel.Http;
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
            .AddSingleton<RegistryAccess>()
            .AddSingleton<RegistryViews>()
            .AddSingleton<VersionFiles>()
            .AddSingleton<IMlflowCalls, RegisteredModelCalls>()
            .AddSingleton<IMlflowCalls, ModelVersionCalls>()
            .AddSingleton<IMlflowCalls, RegistrySearchCalls>()
            .AddSingleton<IMlflowCalls, RegistryTagCalls>()
            .AddSingleton<IMlflowCalls, AliasCalls>()
            .AddSingleton<IDoor, MlflowDoor>();
}
