using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.CustomJobs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>Submits a run's job again, as a run of its own.</summary>
internal sealed class JobReproduction(ApiSession session)
{
    /// <summary>The label in which a server tells the job's run.</summary>
    private const string RunLabel = "cairn-run";

    public async Task<int> ExecuteAsync(Recipe recipe, CustomJob original, string? output, bool stream, CancellationToken cancellation)
    {
        var names = original.Name.Split('/');
        var job = new CustomJob
        {
            DisplayName = original.DisplayName,
            JobSpec = original.JobSpec.Clone(),
            EncryptionSpec = original.EncryptionSpec,
        };
        job.Labels.Add(original.Labels);
        job.Labels[Reproductions.Label] = recipe.RunId;
        // The original run is not written to again; its experiment gets the new one.
        job.JobSpec.ExperimentRun = "";
        if (job.JobSpec.BaseOutputDirectory is { } folder)
        {
            // Nor are its results.
            folder.OutputUriPrefix =
                output
                ?? $"{folder.OutputUriPrefix.TrimEnd('/')}-reproduced-{TimeProvider.System.GetUtcNow().ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture)}";
        }
        else if (output is not null)
        {
            job.JobSpec.BaseOutputDirectory = new GcsDestination { OutputUriPrefix = output };
        }

        var created = await session.Client.PostAsync<CustomJob>(
            $"/v1/{string.Join('/', names.Take(4))}/{CustomJobsNoun.Collection}",
            job,
            cancellation
        );
        session.Status.WriteLine($"Custom job [{created.Name}] is submitted; it reproduces run {recipe.RunId}.");
        var run = created.Labels.GetValueOrDefault(RunLabel) ?? await RunOfAsync(created, cancellation);
        if (run is not null)
        {
            await session.Mlflow.PostAsync(
                "runs/set-tag",
                new JsonObject
                {
                    ["run_id"] = run,
                    ["key"] = Reproductions.Tag,
                    ["value"] = recipe.RunId,
                },
                cancellation
            );
            session.Status.WriteLine($"Compare them with: cairn runs compare {recipe.RunId} {run}");
        }

        if (stream)
        {
            return await JobLog.FollowAsync(session, created, cancellation);
        }

        session.Printer.One(
            new JsonObject
            {
                ["runId"] = run,
                ["reproduces"] = recipe.RunId,
                ["job"] = created.Name,
                ["output"] = created.JobSpec.BaseOutputDirectory?.OutputUriPrefix,
            }.ToJsonString()
        );
        return ExitCode.Ok;
    }

    /// <summary>The run of a job whose server does not tell it; none where its experiment was deleted.</summary>
    private async Task<string?> RunOfAsync(CustomJob job, CancellationToken cancellation)
    {
        var experiments = await new Experiments.ExperimentLookup(session.Mlflow).AllAsync("ACTIVE_ONLY", cancellation);
        var search = new JsonObject
        {
            ["experiment_ids"] = new JsonArray([.. experiments.Keys.Select(static id => (JsonNode)id)]),
            ["filter"] = $"tags.`mlflow.source.name` = '{job.Name}'",
        };
        await foreach (var run in session.Mlflow.SearchAsync("runs/search", search, "runs", 1, null, cancellation))
        {
            return RunLookup.Id(run);
        }

        return null;
    }
}
