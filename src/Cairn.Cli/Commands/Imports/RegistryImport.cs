using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Cairn.Imports;

namespace Cairn.Cli.Commands.Imports;

/// <summary>
/// Registers imported models: names, versions with their numbers, stages, tags and aliases. What is registered already is left alone: a
/// version is known by its number there, its run and its source, because stores of one model's name may each have a version 1.
/// </summary>
/// <param name="session">The server.</param>
/// <param name="items">Where problems are told.</param>
/// <param name="addresses">Where the artifacts of imported runs and logged models are.</param>
internal sealed class RegistryImport(ApiSession session, ImportItems items, IReadOnlyDictionary<string, string> addresses)
{
    /// <summary>
    /// The tag of a version that has another number here than where it was: numbers go up by one, and versions may have been deleted there.
    /// </summary>
    private const string NumberTag = "cairn.imported.version";

    private const string SetTag = "model-versions/set-tag";

    private readonly MlflowClient _mlflow = session.Mlflow;

    public int Versions { get; private set; }

    public async Task WriteAsync(ImportedRegistration model, CancellationToken cancellation)
    {
        try
        {
            await _mlflow.PostAsync(
                "registered-models/create",
                new JsonObject { ["name"] = model.Name, ["description"] = model.Description },
                cancellation
            );
            await TagAsync(
                "registered-models/set-tag",
                $"model '{model.Name}'",
                model.Tags,
                () => new JsonObject { ["name"] = model.Name },
                cancellation
            );
        }
        catch (ApiException e) when (e.Status == "ALREADY_EXISTS") { }

        var known = await KnownAsync(model.Name, cancellation);
        var numbers = new Dictionary<int, string>();
        foreach (var version in model.Versions)
        {
            if (known.Find(item => item.Is(version, Address(version))) is { } same)
            {
                numbers[version.Number] = same.Here;
            }
            else
            {
                await items.TryAsync(
                    $"Version {version.Number} of model '{model.Name}'",
                    async () => numbers[version.Number] = await RegisterAsync(model.Name, version, cancellation)
                );
            }
        }

        foreach (var (alias, number) in model.Aliases)
        {
            if (numbers.TryGetValue(number, out var here))
            {
                await items.TryAsync(
                    $"The alias '{alias}' of model '{model.Name}'",
                    () =>
                        _mlflow.PostAsync(
                            "registered-models/alias",
                            new JsonObject
                            {
                                ["name"] = model.Name,
                                ["alias"] = alias,
                                ["version"] = here,
                            },
                            cancellation
                        )
                );
            }
        }
    }

    private async Task<List<Known>> KnownAsync(string name, CancellationToken cancellation)
    {
        var found = new List<Known>();
        string? token = null;
        do
        {
            var filter = $"name = '{name.Replace("'", "''", StringComparison.Ordinal)}'";
            var answer = await _mlflow.GetAsync(
                "model-versions/search",
                cancellation,
                ("filter", filter),
                ("max_results", "10000"),
                ("page_token", token)
            );
            foreach (var version in answer["model_versions"]?.AsArray() ?? [])
            {
                var here = (string)version!["version"]!;
                var there = Output.MlflowPairs.Object(version["tags"])[NumberTag] is { } tag ? (string)tag! : here;
                if (int.TryParse(there, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    found.Add(new Known(here, number, (string?)version["run_id"] ?? "", (string?)version["source"] ?? ""));
                }
            }

            token = (string?)answer["next_page_token"];
        } while (!string.IsNullOrEmpty(token));
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
        };
        var here = (string)(await _mlflow.PostAsync("model-versions/create", body, cancellation))["model_version"]!["version"]!;
        Versions++;
        var of = $"version {version.Number} of model '{name}'";
        JsonObject Named() => new() { ["name"] = name, ["version"] = here };
        if (here != version.Number.ToString(CultureInfo.InvariantCulture))
        {
            await TagAsync(
                SetTag,
                of,
                [KeyValuePair.Create(NumberTag, version.Number.ToString(CultureInfo.InvariantCulture))],
                Named,
                cancellation
            );
            items.Tell(
                $"Version {version.Number} of model '{name}' has number {here} here: "
                    + "numbers go up by one, over what is deleted there and what other stores have brought."
            );
        }

        if (version.Stage is not ("None" or ""))
        {
            var staged = Named();
            staged["stage"] = version.Stage;
            await items.TryAsync($"The stage of {of}", () => _mlflow.PostAsync("model-versions/transition-stage", staged, cancellation));
        }

        await TagAsync(SetTag, of, version.Tags, Named, cancellation);
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

    /// <summary>Sets tags one by one, so that one which cannot be kept does not cost the others.</summary>
    private async Task TagAsync(
        string path,
        string of,
        IEnumerable<KeyValuePair<string, string>> tags,
        Func<JsonObject> named,
        CancellationToken cancellation
    )
    {
        foreach (var (key, value) in tags)
        {
            var body = named();
            body["key"] = key;
            body["value"] = value;
            await items.TryAsync($"The tag '{key}' of {of}", () => _mlflow.PostAsync(path, body, cancellation));
        }
    }

    /// <summary>A version that is here.</summary>
    /// <param name="Here">Its number.</param>
    /// <param name="Number">Its number where it was.</param>
    /// <param name="Run">The run that made it, or empty.</param>
    /// <param name="Source">The address of its files.</param>
    private sealed record Known(string Here, int Number, string Run, string Source)
    {
        public bool Is(ImportedVersion version, string source) =>
            Number == version.Number && Source == source && (version.Run.Length == 0 || Run == version.Run);
    }
}
