using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Experiments;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

/// <summary>Runs by what a person calls them: the id, or EXPERIMENT/NAME.</summary>
internal sealed class RunLookup(MlflowClient mlflow)
{
    private const int IdLength = 32;

    public static string Argument => "The run's id, or EXPERIMENT/NAME.";

    /// <returns>The run as the MLflow door tells it.</returns>
    /// <exception cref="CliException">No run, or several, are called so.</exception>
    public async Task<JsonObject> FindAsync(string given, CancellationToken cancellation)
    {
        if (given.Length == IdLength && given.All(char.IsAsciiHexDigitLower))
        {
            return (await mlflow.GetAsync("runs/get", cancellation, ("run_id", given)))["run"]!.AsObject();
        }

        var slash = given.LastIndexOf('/');
        if (slash <= 0 || slash == given.Length - 1)
        {
            throw CliException.Usage($"'{given}' is neither a run's id, {IdLength} hexadecimal digits, nor EXPERIMENT/NAME.");
        }

        // Names of runs and of experiments may have slashes of their own: the first reading that there is counts.
        CliException? none = null;
        for (; slash > 0; slash = given.LastIndexOf('/', slash - 1))
        {
            try
            {
                return await ByNameAsync(given[..slash], given[(slash + 1)..], cancellation);
            }
            catch (CliException missing) when (missing.IsMissing)
            {
                none ??= missing;
            }
        }

        throw none!;
    }

    /// <summary>The id of a run as the door tells it.</summary>
    public static string Id(JsonObject run) => (string)run["info"]!["run_id"]!;

    private async Task<JsonObject> ByNameAsync(string experiment, string name, CancellationToken cancellation)
    {
        var id = await new ExperimentLookup(mlflow).IdAsync(experiment, cancellation);
        // The language of filters has two kinds of quotes and no escapes.
        var quote = name.Contains('\'') ? '"' : '\'';
        if (name.Contains(quote))
        {
            throw CliException.Usage($"The name {name} has both kinds of quotes; give the run's id.");
        }

        var body = new JsonObject
        {
            ["experiment_ids"] = new JsonArray(id),
            ["filter"] = $"attributes.run_name = {quote}{name}{quote}",
            ["run_view_type"] = "ALL",
        };
        var found = await mlflow.SearchAsync("runs/search", body, "runs", 20, null, cancellation).ToListAsync(cancellation);
        return found switch
        {
            [] => throw new CliException($"Experiment '{experiment}' has no run '{name}'. 'cairn runs list --experiment' shows its runs.")
            {
                IsMissing = true,
            },
            [var one] => one,
            _ => throw new CliException(
                $"Experiment '{experiment}' has several runs '{name}': give one of the ids {string.Join(", ", found.Select(Id))}."
            ),
        };
    }
}
