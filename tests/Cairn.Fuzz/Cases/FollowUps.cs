using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Fuzz.Corpus;

namespace Cairn.Fuzz.Cases;

/// <summary>What is asked after a write that was accepted: whatever is stored can be read, listed, changed and deleted.</summary>
internal static class FollowUps
{
    /// <param name="call">The write.</param>
    /// <param name="answer">What it was answered with.</param>
    /// <param name="names">Of the project.</param>
    /// <param name="delete">Whether what was made is deleted at the end.</param>
    public static IEnumerable<Call> Of(Call call, Answer answer, Names names, bool delete)
    {
        var body = Body(answer);
        if (call.Target.StartsWith("/v2/", StringComparison.Ordinal) || call.Target.StartsWith("/google.logging", StringComparison.Ordinal))
        {
            yield return Post("/v2/entries:list", $$"""{"resourceNames":["projects/{{names.Project}}"],"orderBy":"timestamp desc"}""");
            yield return Get($"/v2/projects/{names.Project}/logs");
        }
        else if (call.Target.Contains("mlflow", StringComparison.Ordinal) || call.Target.StartsWith("/cairn/", StringComparison.Ordinal))
        {
            foreach (var next in Mlflow(names))
            {
                yield return next;
            }
        }
        else if (call.Target.Contains("/storage/", StringComparison.Ordinal))
        {
            foreach (var next in Storage(names, body, delete))
            {
                yield return next;
            }
        }
        else if (Name(body) is { } name)
        {
            foreach (var next in Resource(name, delete))
            {
                yield return next;
            }
        }
    }

    private static IEnumerable<Call> Resource(string name, bool delete)
    {
        var path = "/v1/" + Escaped(name);
        yield return Get(path);
        yield return Get(path[..path.LastIndexOf('/')] + "?pageSize=1000");
        yield return Send("PATCH", path + "?updateMask=displayName", """{"displayName":"followed"}""");
        if (delete)
        {
            yield return Send("DELETE", path, null);
        }
    }

    private static IEnumerable<Call> Mlflow(Names names)
    {
        var root = $"/{names["M"]}/mlflow";
        yield return Get($"{root}/runs/get?run_id={names["run"]}");
        yield return Post(
            $"{root}/runs/search",
            $$"""{"experiment_ids":["{{names["experiment"]}}"],"run_view_type":"ALL","max_results":1000}"""
        );
        yield return Get($"{root}/experiments/search?max_results=1000&view_type=ALL");
        yield return Get($"/v1/{names.Location}/metadataStores/default/contexts?pageSize=1000");
        yield return Get($"/v1/{names.Location}/metadataStores/default/artifacts?pageSize=1000");
        yield return Get($"{root}/registered-models/search?max_results=200");
        yield return Get($"{root}/model-versions/search?max_results=1000");
        yield return Post($"{root}/logged-models/search", $$"""{"experiment_ids":["{{names["experiment"]}}"]}""");
        yield return Get($"{root}/metrics/get-history?run_id={names["run"]}&metric_key=loss");
    }

    private static IEnumerable<Call> Storage(Names names, JsonNode? body, bool delete)
    {
        foreach (var bucket in (string[])[names["B"], names["B"] + "-other"])
        {
            yield return Get($"/storage/v1/b/{bucket}");
            yield return Get($"/storage/v1/b/{bucket}/o?versions=true");
        }

        yield return Get($"/storage/v1/b?project={names.Project}");
        if (
            body is JsonObject made
            && made["bucket"] is JsonValue
            && made["name"] is JsonValue name
            && made["kind"]?.ToString() == "storage#object"
        )
        {
            var path = $"/storage/v1/b/{made["bucket"]}/o/{Uri.EscapeDataString(name.ToString())}";
            yield return Get(path);
            yield return Get(path + "?alt=media");
            if (delete && name.ToString() is not ("data.csv" or "folder/deep/name.txt" or "model/model.onnx"))
            {
                yield return Send("DELETE", path, null);
            }
        }
    }

    private static JsonNode? Body(Answer answer)
    {
        try
        {
            return JsonNode.Parse(
                answer.Text,
                documentOptions: new JsonDocumentOptions { MaxDepth = 1_000, AllowDuplicateProperties = true }
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The resource that was made; of an operation, the one that it made.</summary>
    private static string? Name(JsonNode? body)
    {
        if (body is not JsonObject made)
        {
            return null;
        }

        var response = made["response"] as JsonObject;
        var name = response?["name"] ?? response?["model"] ?? made["name"];
        return name is JsonValue value && value.TryGetValue(out string? text) && text.StartsWith("projects/", StringComparison.Ordinal)
            ? text
            : null;
    }

    private static string Escaped(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    private static Call Get(string target) => Send("GET", target, null);

    private static Call Post(string target, string body) => Send("POST", target, body);

    private static Call Send(string method, string target, string? body)
    {
        // Of names, the collections only.
        var segments = target.Split('?')[0].Split('/').Select(static (segment, i) => i % 2 == 0 && i > 2 ? "*" : segment);
        var bytes = body is null ? null : Encoding.UTF8.GetBytes(body);
        return new Call($"after: {method} {string.Join('/', segments)}", method, target, [("Content-Type", "application/json")], bytes);
    }
}
