using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Models;
using Cairn.Serving.Containers;
using Cairn.Serving.Endpoints;
using Cairn.Serving.Hosting;
using Cairn.Serving.Onnx;
using Cairn.Serving.Prediction;
using Cairn.Serving.Predictors;
using Cairn.Serving.Python;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Serving;

/// <summary>Composition of endpoints, predictors and prediction.</summary>
public static class ServingServices
{
    public static IServiceCollection AddServing(this IServiceCollection services, ServingOptions? options = null)
    {
        options ??= new ServingOptions();
        services
            .AddHttpClient(
                nameof(ContainerPredictor),
                client =>
                {
                    client.Timeout = Timeout.InfiniteTimeSpan;
                    client.MaxResponseContentBufferSize = options.MaxRawBytes;
                }
            )
            .ConfigurePrimaryHttpMessageHandler(static () =>
                new SocketsHttpHandler
                {
                    UseProxy = false,
                    AllowAutoRedirect = false,
                    UseCookies = false,
                }
            )
            .RemoveAllLoggers();
        return services
            .AddSingleton(options)
            .AddSingleton(ServingSchema.Migrations)
            .AddSingleton<DeploymentTable>()
            .AddSingleton<IModelDeployments>(provider => provider.GetRequiredService<DeploymentTable>())
            .AddSingleton<ChildLauncher>()
            .AddSingleton<Sandbox>()
            .AddSingleton<Podman>()
            .AddSingleton<OrphanContainers>()
            .AddHostedService(provider => provider.GetRequiredService<OrphanContainers>())
            .AddSingleton<IPredictorRuntime, OnnxPredictorRuntime>()
            .AddSingleton<IPredictorRuntime, PythonPredictorRuntime>()
            .AddSingleton<IPredictorRuntime, ContainerRuntime>()
            .AddSingleton<PredictorChoice>()
            .AddSingleton<PredictorSpecs>()
            .AddSingleton<PredictorHost>()
            .AddHostedService(provider => provider.GetRequiredService<PredictorHost>())
            .AddMetrics()
            .AddSingleton<PredictionTelemetry>()
            .AddSingleton<EndpointRoutes>()
            .AddSingleton<IModelObserver>(provider => provider.GetRequiredService<EndpointRoutes>())
            .AddSingleton<Deployments>()
            .AddSingleton<IOperationHandler>(provider => provider.GetRequiredService<Deployments>())
            .AddHostedService<DeploymentWatch>()
            .AddSingleton<IRpcService, EndpointService>()
            .AddSingleton<PredictionService>()
            .AddSingleton<IRpcService>(provider => provider.GetRequiredService<PredictionService>());
    }
}
