using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Experiments;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>Gathers what was recorded of a run.</summary>
internal sealed class RecipeReader(ApiSession session)
{
    public async Task<Recipe> ReadAsync(JsonObject run, CancellationToken cancellation)
    {
        var info = run["info"]!;
        var experiment = (string)info["experiment_id"]!;
        var source = RecordedSource.Of(MlflowPairs.Object(run["data"]?["tags"]));
        var files = new RunFiles(session, RunLookup.Id(run));
        if (source.Diff is null && await files.DiffAsync(cancellation) is { } diff)
        {
            source = source with { Diff = diff };
        }

        var job =
            source is { Type: "JOB", Name: { } name } && name.Contains("/customJobs/", StringComparison.Ordinal)
                ? await JobAsync(name, cancellation)
                : null;
        var environment = JobEnvironment.Of(job);
        if (await files.RequirementsAsync(cancellation) is { Count: > 0 } requirements)
        {
            environment["files"] = requirements;
        }

        var data = RunView.Datasets(run).ToList();
        if (job is not null)
        {
            data.AddRange(await InputsAsync(job, cancellation));
        }

        return new Recipe
        {
            RunId = RunLookup.Id(run),
            RunName = (string?)info["run_name"] ?? "",
            ExperimentId = experiment,
            ExperimentName = (string?)(await new ExperimentLookup(session.Mlflow).FindByIdAsync(experiment, cancellation))["name"] ?? "",
            Source = source,
            Job = job,
            Data = data,
            Environment = environment,
            Params = MlflowPairs.Object(run["data"]?["params"]),
        };
    }

    private async Task<CustomJob?> JobAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await session.Client.GetAsync<CustomJob>($"/v1/{name}", cancellation);
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND")
        {
            session.Status.WriteLine($"cairn: The job {name} has been deleted, and its specification with it.");
            return null;
        }
    }

    /// <summary>The artifacts that the lineage graph says the job read.</summary>
    private async Task<IEnumerable<JsonObject>> InputsAsync(CustomJob job, CancellationToken cancellation)
    {
        var names = job.Name.Split('/');
        var execution = $"{string.Join('/', names.Take(4))}/metadataStores/default/executions/custom-job-{names[^1]}";
        try
        {
            var graph = await session.Client.GetAsync<LineageSubgraph>($"/v1/{execution}:queryExecutionInputsAndOutputs", cancellation);
            var read = graph
                .Events.Where(static edge => edge.Type == Event.Types.Type.Input)
                .Select(static edge => edge.Artifact)
                .ToHashSet();
            return graph
                .Artifacts.Where(artifact => read.Contains(artifact.Name))
                .Select(static artifact => new JsonObject
                {
                    ["name"] =
                        artifact.DisplayName.Length > 0 ? artifact.DisplayName : artifact.Name[(artifact.Name.LastIndexOf('/') + 1)..],
                    ["source"] = artifact.Uri,
                    ["type"] = artifact.SchemaTitle,
                    ["updateTime"] = artifact.UpdateTime?.ToDateTimeOffset().ToString("O"),
                })
                .OrderBy(static item => (string?)item["source"], StringComparer.Ordinal)
                .ToList();
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND")
        {
            return [];
        }
    }
}
