using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Metadata.Lineage;
using Cairn.Metadata.Mirror;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Relations;
using Cairn.Metadata.Schemas;
using Cairn.Metadata.Stores;
using Cairn.Models;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Metadata;

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
