using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Lineage;

/// <summary>
/// Finds what a person means: a full name of an artifact, execution, context, model, endpoint or custom job; an address like
/// gs://bucket/folder; or an id, which is looked for among artifacts, executions, contexts (runs are E-R), models and endpoints, in this
/// order.
/// </summary>
internal sealed class LineageStart(ApiSession session)
{
    private string Store => $"{session.Parent}/metadataStores/default";

    public async Task<LineageNode> FindAsync(string given, CancellationToken cancellation)
    {
        if (given.Contains("://", StringComparison.Ordinal))
        {
            return await ByUriAsync(given, cancellation) ?? throw new CliException($"No artifact of '{Store}' has the address '{given}'.");
        }

        if (!given.StartsWith("projects/", StringComparison.Ordinal))
        {
            var id = Uri.EscapeDataString(given);
            return await TryAsync<Artifact>($"{Store}/artifacts/{id}", LineageNode.Of, cancellation)
                ?? await TryAsync<Execution>($"{Store}/executions/{id}", LineageNode.Of, cancellation)
                ?? await TryAsync<Context>($"{Store}/contexts/{id}", LineageNode.Of, cancellation)
                ?? await ByModelAsync($"{session.Parent}/models/{given}", cancellation)
                ?? await TryAsync<Artifact>(EndpointNode($"{session.Parent}/endpoints/{given}"), LineageNode.Of, cancellation)
                ?? throw new CliException(
                    $"'{given}' is no artifact, execution, context, model or endpoint of {session.Parent}. Give a full name, or another --project or --region."
                );
        }

        return given.Split('/')[^2] switch
        {
            "artifacts" => LineageNode.Of(await session.Client.GetAsync<Artifact>($"/v1/{given}", cancellation)),
            "executions" => LineageNode.Of(await session.Client.GetAsync<Execution>($"/v1/{given}", cancellation)),
            "contexts" => LineageNode.Of(await session.Client.GetAsync<Context>($"/v1/{given}", cancellation)),
            "models" => await ByModelAsync(given, cancellation)
                ?? throw new CliException($"There is no model '{given}' with a node in the lineage graph."),
            "endpoints" => await TryAsync<Artifact>(EndpointNode(given), LineageNode.Of, cancellation)
                ?? throw new CliException(
                    $"Nothing was ever deployed to the endpoint '{given}', so that it has no node in the lineage graph."
                ),
            "customJobs" => LineageNode.Of(
                await session.Client.GetAsync<Execution>(
                    $"/v1/{Location(given)}/metadataStores/default/executions/custom-job-{given[(given.LastIndexOf('/') + 1)..]}",
                    cancellation
                )
            ),
            var other => throw CliException.Usage(
                $"'{given}' names one of '{other}'; lineage is shown of artifacts, executions, contexts, models, endpoints and customJobs."
            ),
        };
    }

    private async Task<LineageNode?> ByUriAsync(string uri, CancellationToken cancellation)
    {
        var filter = Uri.EscapeDataString($"uri=\"{uri.TrimEnd('/')}\" OR uri=\"{uri.TrimEnd('/')}/\"");
        var page = await session.Client.GetAsync<ListArtifactsResponse>($"/v1/{Store}/artifacts?pageSize=1&filter={filter}", cancellation);
        return page.Artifacts.Count == 0 ? null : LineageNode.Of(page.Artifacts[0]);
    }

    /// <summary>A version's node is named after it; a model without a version means its default one.</summary>
    private async Task<LineageNode?> ByModelAsync(string name, CancellationToken cancellation)
    {
        Model model;
        try
        {
            model = await session.Client.GetAsync<Model>($"/v1/{name}", cancellation);
        }
        catch (ApiException error) when (error.Status is "NOT_FOUND" or "INVALID_ARGUMENT")
        {
            return null;
        }

        var id = model.Name[(model.Name.LastIndexOf('/') + 1)..];
        return await TryAsync<Artifact>(
            $"{Location(model.Name)}/metadataStores/default/artifacts/model-{id}-{model.VersionId}",
            LineageNode.Of,
            cancellation
        );
    }

    private static string EndpointNode(string name) =>
        $"{Location(name)}/metadataStores/default/artifacts/endpoint-{Uri.EscapeDataString(name[(name.LastIndexOf('/') + 1)..])}";

    private async Task<LineageNode?> TryAsync<T>(string name, Func<T, LineageNode> of, CancellationToken cancellation)
        where T : Google.Protobuf.IMessage<T>, new()
    {
        try
        {
            return of(await session.Client.GetAsync<T>($"/v1/{name}", cancellation));
        }
        catch (ApiException error) when (error.Status == "NOT_FOUND")
        {
            return null;
        }
    }

    private static string Location(string name) => string.Join('/', name.Split('/').Take(4));
}
