using Cairn.Kernel.Http;
using Cairn.Tracking.Artifacts;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.Cleanup;

/// <summary>Composition of the removal of what was deleted.</summary>
public static class RemovalServices
{
    public static IServiceCollection AddRemoval(this IServiceCollection services) =>
        services
            .AddSingleton(RemovalTables.Migrations)
            .AddSingleton<RunArtifacts>()
            .AddSingleton<RemovedFolders>()
            .AddSingleton<Remover>()
            .AddSingleton<IDoor, RemovalDoor>();
}
