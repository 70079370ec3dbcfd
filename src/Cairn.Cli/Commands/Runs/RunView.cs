using System.Text.Json.Nodes;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands.Runs;

/// <summary>A run as it is printed: names as in the rest of this command line, times as text, pairs as objects.</summary>
internal static class RunView
{
    /// <param name="run">The run as the MLflow door tells it.</param>
    /// <param name="experiment">Its experiment's name, where that is known.</param>
    public static JsonObject Of(JsonObject run, string? experiment)
    {
        var info = run["info"]!;
        var shown = new JsonObject
        {
            ["runId"] = (string?)info["run_id"],
            ["name"] = (string?)info["run_name"],
            ["experiment"] = experiment,
            ["experimentId"] = (string?)info["experiment_id"],
            ["status"] = (string?)info["status"],
            ["startTime"] = MlflowTime.Text(info["start_time"]),
            ["endTime"] = MlflowTime.Text(info["end_time"]),
            ["user"] = (string?)info["user_id"],
            ["lifecycleStage"] = (string?)info["lifecycle_stage"],
            ["artifactUri"] = (string?)info["artifact_uri"],
            ["params"] = MlflowPairs.Object(run["data"]?["params"]),
            ["metrics"] = MlflowPairs.Object(run["data"]?["metrics"]),
            ["tags"] = MlflowPairs.Object(run["data"]?["tags"]),
            ["datasets"] = new JsonArray([.. Datasets(run)]),
            ["modelsUsed"] = Models(run["inputs"]?["model_inputs"]),
            ["modelsMade"] = Models(run["outputs"]?["model_outputs"]),
        };
        foreach (
            var empty in shown
                .Where(static member => member.Value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
                .Select(static member => member.Key)
                .ToList()
        )
        {
            shown.Remove(empty);
        }

        return shown;
    }

    /// <summary>The datasets that a run read: name, digest, how it used them, and where they come from.</summary>
    public static IEnumerable<JsonObject> Datasets(JsonObject run) =>
        (run["inputs"]?["dataset_inputs"]?.AsArray() ?? []).Select(static input =>
        {
            var dataset = input!["dataset"]!;
            var shown = new JsonObject { ["name"] = (string?)dataset["name"], ["digest"] = (string?)dataset["digest"] };
            foreach (
                var (name, value) in ((string, string?)[])
                    [
                        ("context", (string?)MlflowPairs.Object(input["tags"])["mlflow.data.context"]),
                        ("sourceType", (string?)dataset["source_type"]),
                        ("source", (string?)dataset["source"]),
                    ]
            )
            {
                if (!string.IsNullOrEmpty(value))
                {
                    shown[name] = value;
                }
            }

            return shown;
        });

    private static JsonArray Models(JsonNode? list) =>
        [.. (list?.AsArray() ?? []).Select(static model => (JsonNode?)(string?)model!["model_id"])];
}
