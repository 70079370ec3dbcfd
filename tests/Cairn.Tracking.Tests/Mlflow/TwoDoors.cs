using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>A location of its own, whose models are changed and read over MLflow's and over Vertex' API.</summary>
internal sealed class TwoDoors : IDisposable
{
    private readonly SortedDictionary<string, KnownModel> _models = new(StringComparer.Ordinal);
    private readonly Random _random;
    private readonly string _parent;
    private int _made;

    public TwoDoors(string server, Random random)
    {
        _random = random;
        _parent = $"projects/registry/locations/l-{Guid.NewGuid():N}";
        Mlflow = new MlflowClient(server, root: $"/{_parent}/api/2.0");
    }

    public MlflowClient Mlflow { get; }

    /// <summary>The names that MLflow's door is to tell, those of models without versions too.</summary>
    public IEnumerable<string> Names => _models.Keys;

    /// <summary>What both doors are to tell of the models that have versions, by the calls that were made.</summary>
    public string Expected
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, model) in _models.Where(static model => model.Value.Versions.Count > 0))
            {
                text.Append(name).Append(": ").AppendLine(model.Description);
                foreach (var (number, description) in model.Versions)
                {
                    var aliases = model.Aliases.Where(alias => alias.Value == number).Select(static alias => alias.Key);
                    text.AppendLine(RegistryText.Line(number, description, aliases));
                }
            }

            return text.ToString();
        }
    }

    public void Dispose() => Mlflow.Dispose();

    /// <summary>One random change, of whatever there is.</summary>
    public async Task<string> ChangeAsync()
    {
        if (_models.Count == 0 || (_models.Count < 8 && _random.Next(10) == 0))
        {
            return await CreateAsync();
        }

        var (name, model) = _models.ElementAt(_random.Next(_models.Count));
        return (model.Versions.Count, _random.Next(12)) switch
        {
            (_, 0 or 1) => await RenameAsync(name, model),
            (_, 2) => await DescribeAsync(name, model),
            (_, 3) => await DeleteAsync(name, model),
            (0, _) or (_, 4 or 5) => await AddVersionAsync(name, model),
            (_, 6) => await DeleteVersionAsync(name, model),
            (_, 7) => await DescribeVersionAsync(name, model),
            (_, 8) => await TransitionAsync(name, model),
            _ => await AliasAsync(name, model),
        };
    }

    /// <summary>What each door tells of the models that have versions.</summary>
    public async Task<(string Mlflow, string Vertex)> ReadAsync() =>
        (await RegistryText.OfMlflowAsync(Mlflow), await RegistryText.OfVertexAsync(Mlflow, await ListAsync()));

    public async Task<List<JsonNode>> ListAsync() =>
        [.. ((await Mlflow.Get($"//v1/{_parent}/models"))["models"]?.AsArray() ?? []).Select(static model => model!)];

    public async Task<List<string>> NamesAsync() =>
        [
            .. (await Mlflow.Get("mlflow/registered-models/search"))["registered_models"]!
                .AsArray()
                .Select(static model => (string)model!["name"]!),
        ];

    /// <summary>Uploads a model over Vertex' API; returns its ID.</summary>
    public async Task<string> UploadAsync(string displayName, string? parentModel = null, string description = "")
    {
        var body = new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["displayName"] = displayName,
                ["description"] = description,
                ["versionDescription"] = "new",
                ["containerSpec"] = new JsonObject { ["imageUri"] = "example/own:1" },
            },
        };
        if (parentModel is not null)
        {
            body["parentModel"] = parentModel;
        }

        var operation = await Mlflow.Post($"//v1/{_parent}/models:upload", body);
        return ((string)operation["response"]!["model"]!).Split('/')[^1];
    }

    /// <summary>The sentence with which an upload under an ID is refused as one that is taken.</summary>
    public async Task<string> RefusedUploadAsync(string displayName, string modelId)
    {
        using var answer = await Mlflow.Send(
            HttpMethod.Post,
            $"//v1/{_parent}/models:upload",
            JsonContent.Create(new { modelId, model = new { displayName, containerSpec = new { imageUri = "example/own:1" } } })
        );
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["message"]!;
    }

    public Task DeleteAsync(string path, object body) => SendAsync(HttpMethod.Delete, path, body);

    public Task PatchAsync(string id, JsonObject change, string version = "") =>
        SendAsync(
            HttpMethod.Patch,
            $"//v1/{_parent}/models/{id}{version}?updateMask={string.Join(',', change.Select(static field => field.Key))}",
            change
        );

    private async Task<string> CreateAsync()
    {
        var name = $"model {++_made}";
        if (_random.Next(2) == 0)
        {
            await Mlflow.Post("mlflow/registered-models/create", new { name, description = "made" });
            _models.Add(name, new KnownModel("", "made"));
            return $"create of '{name}' over MLflow";
        }

        var known = new KnownModel(await UploadAsync(name, description: "made"), "made");
        known.Add("new");
        _models.Add(name, known);
        return $"upload of '{name}' over Vertex";
    }

    private async Task<string> RenameAsync(string name, KnownModel model)
    {
        var wanted = $"name {++_made}";
        var vertex = Over(model);
        if (vertex)
        {
            await PatchAsync(model.Id, new JsonObject { ["displayName"] = wanted });
        }
        else
        {
            await Mlflow.Post("mlflow/registered-models/rename", new { name, new_name = wanted });
        }

        _models.Remove(name);
        _models.Add(wanted, model);
        return $"rename of '{name}' to '{wanted}', {Door(vertex)}";
    }

    private async Task<string> DescribeAsync(string name, KnownModel model)
    {
        model.Description = $"text {++_made}";
        var vertex = Over(model);
        await (
            vertex
                ? PatchAsync(model.Id, new JsonObject { ["description"] = model.Description })
                : SendAsync(HttpMethod.Patch, "mlflow/registered-models/update", new { name, description = model.Description })
        );
        return $"description of '{name}' {Door(vertex)}";
    }

    private async Task<string> DeleteAsync(string name, KnownModel model)
    {
        var vertex = Over(model);
        await (
            vertex
                ? SendAsync(HttpMethod.Delete, $"//v1/{_parent}/models/{model.Id}", null)
                : SendAsync(HttpMethod.Delete, "mlflow/registered-models/delete", new { name })
        );
        _models.Remove(name);
        return $"deletion of '{name}' {Door(vertex)}";
    }

    private async Task<string> AddVersionAsync(string name, KnownModel model)
    {
        var vertex = Over(model);
        if (vertex)
        {
            await UploadAsync(name, $"{_parent}/models/{model.Id}");
        }
        else
        {
            await Mlflow.Post(
                "mlflow/model-versions/create",
                new
                {
                    name,
                    source = "s3://elsewhere/model",
                    description = "new",
                }
            );
            model.Id = await IdAsync(name);
        }

        model.Add("new");
        return $"another version of '{name}' {Door(vertex)}";
    }

    private async Task<string> DeleteVersionAsync(string name, KnownModel model)
    {
        var number = model.Versions.Keys.ElementAt(_random.Next(model.Versions.Count));
        // Over Vertex' API the default version cannot be deleted; which one that is, this does not follow.
        await SendAsync(HttpMethod.Delete, "mlflow/model-versions/delete", new { name, version = $"{number}" });
        model.Remove(number);
        return $"deletion of version {number} of '{name}'";
    }

    private async Task<string> DescribeVersionAsync(string name, KnownModel model)
    {
        var number = model.Versions.Keys.ElementAt(_random.Next(model.Versions.Count));
        var (vertex, text) = (Over(model), $"text {++_made}");
        await (
            vertex
                ? PatchAsync(model.Id, new JsonObject { ["versionDescription"] = text }, $"@{number}")
                : SendAsync(
                    HttpMethod.Patch,
                    "mlflow/model-versions/update",
                    new
                    {
                        name,
                        version = $"{number}",
                        description = text,
                    }
                )
        );
        model.Versions[number] = text;
        return $"description of version {number} of '{name}' {Door(vertex)}";
    }

    private async Task<string> TransitionAsync(string name, KnownModel model)
    {
        var number = model.Versions.Keys.ElementAt(_random.Next(model.Versions.Count));
        await Mlflow.Post(
            "mlflow/model-versions/transition-stage",
            new
            {
                name,
                version = $"{number}",
                stage = "Production",
                archive_existing_versions = true,
            }
        );
        return $"stage of version {number} of '{name}'";
    }

    private async Task<string> AliasAsync(string name, KnownModel model)
    {
        var number = model.Versions.Keys.ElementAt(_random.Next(model.Versions.Count));
        var (vertex, alias) = (Over(model), _random.Next(2) == 0 ? "best" : "next");
        if (model.Aliases.GetValueOrDefault(alias) == number)
        {
            await (
                vertex
                    ? MergeAsync(model, number, "-" + alias)
                    : SendAsync(HttpMethod.Delete, "mlflow/registered-models/alias", new { name, alias })
            );
            model.Aliases.Remove(alias);
            return $"alias '{alias}' taken from version {number} of '{name}' {Door(vertex)}";
        }

        await (
            vertex
                ? MergeAsync(model, number, alias)
                : Mlflow.Post(
                    "mlflow/registered-models/alias",
                    new
                    {
                        name,
                        alias,
                        version = $"{number}",
                    }
                )
        );
        model.Aliases[alias] = number;
        return $"alias '{alias}' given to version {number} of '{name}' {Door(vertex)}";
    }

    private Task MergeAsync(KnownModel model, long number, string alias) =>
        Mlflow.Post($"//v1/{_parent}/models/{model.Id}@{number}:mergeVersionAliases", new { versionAliases = new[] { alias } });

    /// <summary>Whether a change is to go over Vertex' API, which knows only models with versions.</summary>
    private bool Over(KnownModel model) => model.Versions.Count > 0 && _random.Next(2) == 0;

    private static string Door(bool vertex) => vertex ? "over Vertex" : "over MLflow";

    private async Task<string> IdAsync(string name) =>
        ((string)(await ListAsync()).Single(model => (string)model["displayName"]! == name)["name"]!).Split('/')[^1];

    private async Task SendAsync(HttpMethod method, string path, object? body)
    {
        using var answer = await Mlflow.Send(method, path, body is null ? null : JsonContent.Create(body));
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
    }
}
