using System.Net;
using System.Text.Json.Nodes;

namespace Cairn.Classic.Tests;

public sealed class VersionTests
{
    private const string Location = "/v1/projects/demo/locations/us-central1";

    [Fact]
    public async Task a_server_that_is_killed_while_it_creates_versions_creates_each_once()
    {
        await using var server = await ClassicServer.StartAsync();
        List<JsonNode> creations = [];

        // Each is somewhere else on its way when the server dies.
        foreach (var (model, head) in new[] { ("Far", 300), ("On", 100), ("Begun", 30), ("Asked", 0) })
        {
            await server.CreateModelAsync(model);
            creations.Add(await server.Rest.PostAsync($"{ClassicServer.Project}/models/{model}/versions", ClassicServer.Version("v1")));
            await Task.Delay(head, TestContext.Current.CancellationToken);
        }

        server.Process.Kill();
        await server.Process.RestartAsync();

        foreach (var creation in creations)
        {
            (await server.Rest.EndAsync(creation))["error"].ShouldBeNull();
        }

        var models = (await server.Rest.GetAsync($"{Location}/models"))["models"]!.AsArray();
        models.Select(static model => (string)model!["displayName"]!).Order().ShouldBe(["Asked", "Begun", "Far", "On"]);
        models.ShouldAllBe(static model => (string)model!["versionId"]! == "1");
        var endpoints = (await server.Rest.GetAsync($"{Location}/endpoints"))["endpoints"]!.AsArray();
        endpoints.Count.ShouldBe(4);
        endpoints.ShouldAllBe(static endpoint => endpoint!["deployedModels"]!.AsArray().Count == 1);
        var predicted = await server.Rest.PostAsync(
            $"{ClassicServer.Project}/models/Asked:predict",
            JsonNode.Parse("""{"instances": [[1, 1, 1]]}""")!
        );
        predicted["predictions"]!.ToJsonString().ShouldBe("[[6.5]]");
    }

    [Fact]
    public async Task what_cannot_be_served_is_refused_with_a_sentence()
    {
        await using var server = await ClassicServer.StartAsync();
        await server.CreateModelAsync("Linear");
        await RefusedAsync(
            HttpStatusCode.NotFound,
            "version.deployment_uri",
            "Linear",
            """{"name": "v1", "deploymentUri": "gs://models/nowhere"}"""
        );
        await RefusedAsync(
            HttpStatusCode.BadRequest,
            "model.bst",
            "Linear",
            """{"name": "v1", "deploymentUri": "gs://models/lin", "framework": "XGBOOST"}""",
            "lin/other.bin"
        );
        await RefusedAsync(
            HttpStatusCode.BadRequest,
            "version.name",
            "Linear",
            """{"name": "a/b", "deploymentUri": "gs://models/linear"}"""
        );
        await RefusedAsync(HttpStatusCode.BadRequest, "deployment_uri", "Linear", """{"name": "v1"}""");
        await RefusedAsync(
            HttpStatusCode.NotImplemented,
            "prediction_class",
            "Linear",
            """{"name": "v1", "deploymentUri": "gs://models/linear", "predictionClass": "a.B"}"""
        );
        await RefusedAsync(
            HttpStatusCode.NotFound,
            "gcloud ai-platform models create",
            "Absent",
            """{"name": "v1", "deploymentUri": "gs://models/linear"}"""
        );
        var predicted = await server.Rest.TrySendAsync(
            HttpMethod.Post,
            $"{ClassicServer.Project}/models/Linear:predict",
            JsonNode.Parse("""{"instances": [[1]]}""")
        );
        ((int)predicted.Status, predicted.Body["error"]!["message"]!.GetValue<string>()).ShouldBe(
            (400, "Model 'Linear' has no version that serves; create one first.")
        );

        async Task RefusedAsync(HttpStatusCode status, string word, string model, string version, string? upload = null)
        {
            if (upload is not null)
            {
                await server.Rest.UploadAsync("models", upload, [1]);
            }

            var (code, body) = await server.Rest.TrySendAsync(
                HttpMethod.Post,
                $"{ClassicServer.Project}/models/{model}/versions",
                JsonNode.Parse(version)
            );
            code.ShouldBe(status, body.ToJsonString());
            body["error"]!["message"]!.GetValue<string>().ShouldContain(word);
        }
    }
}
