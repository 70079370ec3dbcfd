using System.Text;
using System.Text.Json.Nodes;
using Cairn.Fuzz.Cases;
using Cairn.Fuzz.Corpus;
using Cairn.Fuzz.Targets;
using Cairn.OnnxModels;

namespace Cairn.Fuzz;

/// <summary>A project of the server with one of everything, made by the calls of the corpus that say so.</summary>
internal static class Project
{
    /// <exception cref="InvalidOperationException">A call that makes something is not answered as it should be: the corpus is no longer
    /// valid.</exception>
    public static async Task<Names> MakeAsync(Target target, string? token, string project)
    {
        var names = new Names(project);
        foreach (var written in WrittenCall.All)
        {
            var call = written.ToCall(names);
            if (written.Made is null && !call.Target.StartsWith("/upload/", StringComparison.Ordinal))
            {
                continue;
            }

            var answer = await target.SendAsync(call, token);
            if (written.Made is not { } made)
            {
                continue;
            }

            var body = answer.IsSuccess
                ? JsonNode.Parse(answer.Text)!
                : throw new InvalidOperationException($"{call.Show(1_000)}\n\n{answer.Show(1_000)}");
            names.Add(made.Key, await ValueAsync(target, token, body, made.Path));
            if (made.Key == "bucket")
            {
                await target.SendAsync(
                    new Call(
                        "",
                        "POST",
                        $"/upload/storage/v1/b/{names["B"]}/o?uploadType=media&name=model%2Fmodel.onnx",
                        [],
                        SampleModels.LinearRegression()
                    ),
                    token
                );
            }
        }

        return names;
    }

    /// <summary>
    /// Takes the project's models out of the server's memory: what is deployed stays there by right, and is not what grows without end.
    /// </summary>
    public static async Task UndeployAsync(Target target, string? token, Names names)
    {
        var list = await target.SendAsync(new Call("", "GET", $"/v1/{names.Location}/endpoints?pageSize=1000", [], null), token);
        foreach (var endpoint in list.IsSuccess && JsonNode.Parse(list.Text)!["endpoints"] is JsonArray endpoints ? endpoints : [])
        {
            foreach (var deployed in endpoint!["deployedModels"] as JsonArray ?? [])
            {
                var body = Encoding.UTF8.GetBytes(
                    new JsonObject
                    {
                        ["deployedModelId"] = deployed!["id"]!.DeepClone(),
                        ["trafficSplit"] = new JsonObject(),
                    }.ToJsonString()
                );
                await target.SendAsync(new Call("", "POST", $"/v1/{endpoint["name"]}:undeployModel", [], body), token);
            }
        }
    }

    private static async Task<string> ValueAsync(Target target, string? token, JsonNode body, string path)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (path.StartsWith("response.", StringComparison.Ordinal) && (bool?)body["done"] != true && DateTime.UtcNow < deadline)
        {
            await Task.Delay(25);
            body = JsonNode.Parse((await target.SendAsync(new Call("", "GET", $"/v1/{body["name"]}", [], null), token)).Text)!;
        }

        var value = path.Split('.').Aggregate((JsonNode?)body, static (node, member) => node?[member]);
        return value?.ToString() ?? throw new InvalidOperationException($"The answer has no `{path}`: {body.ToJsonString()}");
    }
}
