using Cairn.Kernel.Http;
using Cairn.Mlflow.Artifacts;
using Cairn.Mlflow.Artifacts.Multipart;
using Cairn.Mlflow.LoggedModels;
using Cairn.Mlflow.Registry;
using Cairn.Mlflow.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Mlflow;

/// <summary>Composition of MLflow's door.</summary>
public static class MlflowServices
{
    public static IServiceCollection AddMlflow(this IServiceCollection services) =>
        services
            .AddSingleton<ArtifactAddresses>()
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
            .AddSingleton<LoggedModelAccess>()
            .AddSingleton<IMlflowCalls, LoggedModelCalls>()
            .AddSingleton<IMlflowCalls, LoggedModelSearchCalls>()
            .AddSingleton<IMlflowCalls, RunModelCalls>()
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
