using Cairn.Kernel.Hosting;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Models.Artifacts;
using Cairn.Models.Evaluations;
using Cairn.Models.Registered;
using Cairn.Models.Runtimes;
using Cairn.Models.Versions;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Models;

/// <summary>Composition of the model registry.</summary>
public static class ModelsServices
{
    public static IServiceCollection AddModels(this IServiceCollection services) =>
        services
            .AddSingleton(ModelsSchema.Migrations)
            .AddSingleton(provider => PredictionImages.Load(provider.GetRequiredService<ServerEnvironment>().DataDirectory))
            .AddSingleton(RegisteredTables.Migrations)
            .AddSingleton<NamedModels>()
            .AddSingleton<NamedVersions>()
            .AddSingleton<RegisteredModels>()
            .AddSingleton<VersionRows>()
            .AddSingleton<ModelSnapshots>()
            .AddSingleton<BucketAccess>()
            .AddSingleton<ModelRegistry>()
            .AddSingleton<ModelListings>()
            .AddSingleton<ModelUploads>()
            .AddSingleton<ModelUpdates>()
            .AddSingleton<ModelDeletions>()
            .AddSingleton<ModelCopies>()
            .AddSingleton<ModelExports>()
            .AddSingleton<IOperationHandler>(provider => provider.GetRequiredService<ModelExports>())
            .AddSingleton<ModelEvaluations>()
            .AddSingleton<IRpcService, ModelService>();
}
