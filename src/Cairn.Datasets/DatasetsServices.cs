using Cairn.Datasets.Exports;
using Cairn.Datasets.Items;
using Cairn.Datasets.Rows;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Datasets;

/// <summary>Puts data sets into a server.</summary>
public static class DatasetsServices
{
    public static IServiceCollection AddDatasets(this IServiceCollection services) =>
        services
            .AddSingleton(StagedBlobs.Migrations)
            .AddSingleton(ItemTable.Migrations)
            .AddSingleton<StagedBlobs>()
            .AddSingleton<IBlobOwner>(static provider => provider.GetRequiredService<StagedBlobs>())
            .AddSingleton<SourceFiles>()
            .AddSingleton<ItemTable>()
            .AddSingleton<ItemSearch>()
            .AddSingleton<TableExport>()
            .AddSingleton<ItemExport>()
            .AddSingleton(static provider => new DatasetExports(
                provider.GetRequiredService<IResourceStore>(),
                provider.GetRequiredService<IBlobStore>(),
                provider.GetRequiredService<StagedBlobs>(),
                provider.GetRequiredService<SourceFiles>(),
                provider.GetRequiredService<TableExport>(),
                provider.GetRequiredService<ItemExport>()
            ))
            .AddSingleton<DatasetLineage>()
            .AddSingleton<DatasetCreation>()
            .AddSingleton<DatasetDeletion>()
            .AddSingleton<IOperationHandler>(static provider => provider.GetRequiredService<DatasetDeletion>())
            .AddSingleton<DatasetImports>()
            .AddSingleton<IOperationHandler>(static provider => provider.GetRequiredService<DatasetImports>())
            .AddSingleton<ExportOperations>()
            .AddSingleton<IOperationHandler>(static provider => provider.GetRequiredService<ExportOperations>())
            .AddSingleton<IRpcService, DatasetService>();
}
