using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>What recreates a run, as far as it was recorded.</summary>
internal sealed record Recipe
{
    public required string RunId { get; init; }

    public required string RunName { get; init; }

    public required string ExperimentId { get; init; }

    public required string ExperimentName { get; init; }

    public required RecordedSource Source { get; init; }

    /// <summary>The job that the run was; null for one that was started elsewhere.</summary>
    public CustomJob? Job { get; init; }

    /// <summary>What the run read: datasets with their digests, and a job's inputs.</summary>
    public IReadOnlyList<JsonObject> Data { get; init; } = [];

    /// <summary>The image, packages and machine of a job; the requirement files among the run's artifacts.</summary>
    public JsonObject Environment { get; init; } = [];

    public JsonObject Params { get; init; } = [];

    public JsonObject Json()
    {
        var json = new JsonObject
        {
            ["run"] = new JsonObject
            {
                ["runId"] = RunId,
                ["name"] = RunName,
                ["experiment"] = ExperimentName,
            },
            ["source"] = Source.Json(),
            ["data"] = new JsonArray([.. Data.Select(static item => item.DeepClone())]),
            ["environment"] = Environment.DeepClone(),
            ["command"] =
                Job is { } job ? JsonNode.Parse(Api.ProtoJson.Format(job.JobSpec))
                : Source.Program is { } program ? new JsonObject { ["program"] = program }
                : null,
            ["params"] = Params.DeepClone(),
            ["missing"] = new JsonArray([.. Missing().Select(static sentence => (JsonNode)sentence)]),
        };
        foreach (
            var empty in json.Where(static member => member.Value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
                .Select(static member => member.Key)
                .ToList()
        )
        {
            json.Remove(empty);
        }

        return json;
    }

    /// <summary>What a reproduction has to do without.</summary>
    private IEnumerable<string> Missing()
    {
        if (Source.Commit is null)
        {
            yield return "No git commit was recorded: nothing tells which version of the code ran.";
        }

        if (Data.Count == 0)
        {
            yield return "No datasets were recorded: mlflow.log_input notes what a run reads, with a digest of its contents.";
        }

        if (Environment.Count == 0)
        {
            yield return "No environment was recorded: neither an image nor a requirements.txt, conda.yaml or python_env.yaml among the run's artifacts.";
        }

        if (Job is null && Source.Program is null)
        {
            yield return "No command was recorded: the run was neither a job nor has the tag mlflow.source.name.";
        }
    }
}
