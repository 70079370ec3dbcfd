using Cairn.Kernel.Database;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Kernel.Work;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Cairn.Kernel;

/// <summary>Puts the kernel into a container: what every capability stands on.</summary>
public static class KernelServices
{
    /// <param name="services">
    /// The container. Who composes it says which <see cref="IDatabase"/> there is; a clock or a source of ids that is there already is kept.
    /// </param>
    public static IServiceCollection AddKernel(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IIdSource, RandomIdSource>();
        services.AddSingleton<IResourceStore, ResourceStore>().AddSingleton(ResourceSchema.Migrations);
        services.AddSingleton<ILeases, Leases.Leases>().AddSingleton(Leases.Leases.Migrations);
        services.AddSingleton<IWork, WorkQueue>().AddSingleton(WorkQueue.Migrations);
        services.AddSingleton<WorkSignal>().AddSingleton<IHostedService, WorkLoop>();
        services.AddSingleton<IHostedService, ChoreItems>().AddSingleton<IHostedService, ChoreLoop>();
        // After the table of work, into which older operations are moved.
        services.AddSingleton<OperationStore>().AddSingleton(OperationStore.Migrations);
        services.AddSingleton<IOperations>(static provider => provider.GetRequiredService<OperationStore>());
        services.AddSingleton<OperationSignal>().AddSingleton<IWorker, OperationWorker>();
        return services.AddSingleton<IRpcService, OperationsService>();
    }
}
