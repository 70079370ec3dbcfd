using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Models;
using Cairn.Tracking.Metadata.Lineage;
using Cairn.Tracking.Metadata.Mirror;
using Cairn.Tracking.Metadata.Nodes;
using Cairn.Tracking.Metadata.Relations;
using Cairn.Tracking.Metadata.Schemas;
using Cairn.Tracking.Metadata.Stores;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.Metadata;

/// <summary>Composition of the metadata graph.</summary>
public static class MetadataServices
{
    public static IServiceCollection AddMetadata(this IServiceCollection services) =>
        services
            .AddSingleton(MetadataTables.Migrations)
            .AddSingleton(SummaryTable.Migrations)
            .AddSingleton<MetadataStores>()
            .AddSingleton<MetadataSchemas>()
            .AddSingleton<NodeRows>()
            .AddSingleton<RunContents>()
            .AddSingleton<TensorboardArtifacts>()
            .AddSingleton<IRunObserver, RunNodes>()
            .AddSingleton<Artifacts>()
            .AddSingleton<Executions>()
            .AddSingleton<Contexts>()
            .AddSingleton<ILineage, LineageWriter>()
            .AddSingleton<ModelLineage>()
            .AddSingleton<IVersionObserver>(static provider => provider.GetRequiredService<ModelLineage>())
            .AddSingleton<IModelObserver>(static provider => provider.GetRequiredService<ModelLineage>())
            .AddSingleton<IDeploymentObserver, EndpointLineage>()
            .AddSingleton<RelationVerbs>()
            .AddSingleton<Subgraphs>()
            .AddSingleton<StoreDeletion>()
            .AddSingleton<IOperationHandler>(static provider => provider.GetRequiredService<StoreDeletion>())
            .AddSingleton<NodePurge>()
            .AddSingleton<IOperationHandler>(static provider => provider.GetRequiredService<NodePurge>())
            .AddSingleton<IRpcService, MetadataService>();
}
