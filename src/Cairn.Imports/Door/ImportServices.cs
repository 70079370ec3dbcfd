using Cairn.Kernel.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Imports.Door;

/// <summary>Composition of the door that takes runs from other tools.</summary>
public static class ImportServices
{
    public static IServiceCollection AddImports(this IServiceCollection services) =>
        services.AddSingleton<RunImports>().AddSingleton<ModelImports>().AddSingleton<IDoor, ImportDoor>();
}
