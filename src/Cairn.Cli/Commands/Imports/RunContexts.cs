using Cairn.Cli.Api;
using Cairn.Cli.Commands.Tensorboards;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Imports;

/// <summary>What imported runs have in the lineage graph beside their own nodes, which the server makes.</summary>
internal sealed class RunContexts(CairnClient client, string parent)
{
    private readonly string _store = $"{parent}/metadataStores/default";

    /// <summary>Shows a run's files as an artifact of it.</summary>
    public async Task FilesAsync(string context, string folder, CancellationToken cancellation)
    {
        var id = $"{context}-files";
        var artifact = await client.GetOrCreateAsync(
            $"/v1/{_store}/artifacts/{id}",
            $"/v1/{_store}/artifacts?artifactId={id}",
            new Artifact
            {
                DisplayName = "artifacts",
                Uri = folder,
                SchemaTitle = "system.Artifact",
                SchemaVersion = "0.0.1",
                State = Artifact.Types.State.Live,
            },
            cancellation
        );
        await client.PostAsync<AddContextArtifactsAndExecutionsResponse>(
            $"/v1/{_store}/contexts/{context}:addContextArtifactsAndExecutions",
            new AddContextArtifactsAndExecutionsRequest { Artifacts = { artifact.Name } },
            cancellation
        );
    }

    /// <summary>Puts a run below another; false where that one is not there.</summary>
    public async Task<bool> NestAsync(string above, string below, CancellationToken cancellation)
    {
        try
        {
            await client.PostAsync<AddContextChildrenResponse>(
                $"/v1/{_store}/contexts/{above}:addContextChildren",
                new AddContextChildrenRequest { ChildContexts = { $"{_store}/contexts/{below}" } },
                cancellation
            );
            return true;
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND")
        {
            return false;
        }
    }
}
