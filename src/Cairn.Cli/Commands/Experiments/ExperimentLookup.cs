using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

/// <summary>Experiments by what a person calls them: the name, or else the number.</summary>
internal sealed class ExperimentLookup(MlflowClient mlflow)
{
    public static string Argument => "The experiment's name or number.";

    /// <returns>The experiment as the MLflow door tells it.</returns>
    /// <exception cref="CliException">There is neither.</exception>
    public async Task<JsonObject> FindAsync(string given, CancellationToken cancellation)
    {
        if (await TryAsync("experiments/get-by-name", "experiment_name", given, cancellation) is { } named)
        {
            return named;
        }

        return given.All(char.IsAsciiDigit) && await TryAsync("experiments/get", "experiment_id", given, cancellation) is { } numbered
            ? numbered
            : throw new CliException($"There is no experiment '{given}'. 'cairn experiments list' shows those of the project.")
            {
                IsMissing = true,
            };
    }

    public async Task<JsonObject> FindByIdAsync(string id, CancellationToken cancellation) =>
        (await mlflow.GetAsync("experiments/get", cancellation, ("experiment_id", id)))["experiment"]!.AsObject();

    public async Task<string> IdAsync(string given, CancellationToken cancellation) =>
        (string)(await FindAsync(given, cancellation))["experiment_id"]!;

    /// <summary>Every experiment of the project, by number.</summary>
    public async Task<Dictionary<string, JsonObject>> AllAsync(string view, CancellationToken cancellation)
    {
        var found = new Dictionary<string, JsonObject>();
        await foreach (
            var experiment in mlflow.SearchAsync(
                "experiments/search",
                new JsonObject { ["view_type"] = view },
                "experiments",
                null,
                null,
                cancellation
            )
        )
        {
            found[(string)experiment["experiment_id"]!] = experiment;
        }

        return found;
    }

    /// <summary>As it is printed: names as in the rest of this command line, times as text.</summary>
    public static JsonObject Shown(JsonObject experiment) =>
        new()
        {
            ["experimentId"] = (string?)experiment["experiment_id"],
            ["name"] = (string?)experiment["name"],
            ["lifecycleStage"] = (string?)experiment["lifecycle_stage"],
            ["artifactLocation"] = (string?)experiment["artifact_location"],
            ["createTime"] = MlflowTime.Text(experiment["creation_time"]),
            ["updateTime"] = MlflowTime.Text(experiment["last_update_time"]),
            ["tags"] = MlflowPairs.Object(experiment["tags"]),
        };

    private async Task<JsonObject?> TryAsync(string path, string name, string value, CancellationToken cancellation)
    {
        try
        {
            return (await mlflow.GetAsync(path, cancellation, (name, value)))["experiment"]!.AsObject();
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND")
        {
            return null;
        }
    }
}
