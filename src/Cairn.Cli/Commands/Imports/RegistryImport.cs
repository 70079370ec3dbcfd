using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Cairn.Tracking.Imports;

namespace Cairn.Cli.Commands.Imports;

/// <summary>Registers imported models: names, versions with their numbers, stages, tags and aliases. What is registered already is left alone.</summary>
/// <param name="session">The server.</param>
/// <param name="addresses">Where the artifacts of imported runs and logged models are.</param>
internal sealed class RegistryImport(ApiSession session, IReadOnlyDictionary<string, string> addresses)
{
    /// <summary>The tag of a version that has another number here than where it was: numbers go up by one, and versions may have been deleted there.</summary>
    private const string NumberTag = "cairn.imported.version";

    private readonly MlflowClient mlflow = session.Mlflow;

    public int Versions { get; private set; }

    public List<string> Problems { get; } = [];

    public async Task WriteAsync(ImportedRegistration model, CancellationToken cancellation)
    {
        try
        {
            await mlflow.PostAsync("registered-models/create", new JsonObject { ["name"] = model.Name, ["description"] = model.Description, ["tags"] = Pairs(model.Tags) }, cancellation);
        }
        catch (ApiException e) when (e.Status == "ALREADY_EXISTS")
        {
        }

        var numbers = await NumbersAsync(model.Name, cancellation);
        foreach (var version in model.Versions.Where(version => !numbers.ContainsKey(version.Number)))
        {
            try
            {
                numbers[version.Number] = await RegisterAsync(model.Name, version, cancellation);
            }
            catch (ApiException e)
            {
                Problems.Add($"Version {version.Number} of model '{model.Name}' cannot be registered: {e.Message}");
            }
        }

        foreach (var (alias, number) in model.Aliases)
        {
            if (numbers.TryGetValue(number, out var here))
            {
                await mlflow.PostAsync("registered-models/alias", new JsonObject { ["name"] = model.Name, ["alias"] = alias, ["version"] = here }, cancellation);
            }
        }
    }

    /// <summary>The numbers that versions have here, by those that they had.</summary>
    private async Task<Dictionary<int, string>> NumbersAsync(string name, CancellationToken cancellation)
    {
        var quote = name.Contains('\'') ? '"' : '\'';
        var found = new Dictionary<int, string>();
        var answer = await mlflow.GetAsync("model-versions/search", cancellation, ("filter", $"name = {quote}{name}{quote}"), ("max_results", "10000"));
        foreach (var version in answer["model_versions"]?.AsArray() ?? [])
        {
            var here = (string)version!["version"]!;
            var there = Output.MlflowPairs.Object(version["tags"])[NumberTag] is { } tag ? (string)tag! : here;
            found[int.Parse(there, CultureInfo.InvariantCulture)] = here;
        }

        return found;
    }

    private async Task<string> RegisterAsync(string name, ImportedVersion version, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["name"] = name,
            ["source"] = Address(version),
            ["run_id"] = version.Run,
            ["run_link"] = version.RunLink,
            ["description"] = version.Description,
            ["tags"] = Pairs(version.Tags),
        };
        var here = (string)(await mlflow.PostAsync("model-versions/create", body, cancellation))["model_version"]!["version"]!;
        Versions++;
        if (here != version.Number.ToString(CultureInfo.InvariantCulture))
        {
            await mlflow.PostAsync("model-versions/set-tag", new JsonObject { ["name"] = name, ["version"] = here, ["key"] = NumberTag, ["value"] = version.Number.ToString(CultureInfo.InvariantCulture) }, cancellation);
            Problems.Add($"Version {version.Number} of model '{name}' has number {here} here: versions before it had been deleted.");
        }

        if (version.Stage is not ("None" or ""))
        {
            await mlflow.PostAsync("model-versions/transition-stage", new JsonObject { ["name"] = name, ["version"] = here, ["stage"] = version.Stage }, cancellation);
        }

        return here;
    }

    /// <summary>A path of the machine that it was registered on is where the run's, or the logged model's, artifacts are here.</summary>
    private string Address(ImportedVersion version)
    {
        var parts = version.Source.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (addresses.TryGetValue(parts[i], out var root))
            {
                return string.Join('/', [root, .. parts[(i + 1)..].SkipWhile(static part => part == "artifacts")]);
            }
        }

        return version.Source;
    }

    private static JsonArray Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs) => [.. pairs.Select(static pair => new JsonObject { ["key"] = pair.Key, ["value"] = pair.Value })];
}
