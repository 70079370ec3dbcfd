using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Cairn.Cli.Tests;

public sealed class LineageTests(OpenServer server) : IClassFixture<OpenServer>
{
    private const string Image = "localhost/server:latest";
    private const string Store = "/v1/projects/demo/locations/us-central1/metadataStores/default";

    [Fact]
    public async Task lineage_is_shown_up_and_down_from_anything_in_it()
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        foreach (
            var (id, title) in ((string, string)[])[("raw", "system.Dataset"), ("clean", "system.Dataset"), ("classifier", "system.Model")]
        )
        {
            await PostAsync(http, $"artifacts?artifactId={id}", $$"""{"schemaTitle": "{{title}}", "uri": "gs://lineage/{{id}}"}""");
        }

        await PostAsync(http, "executions?executionId=prepare", """{"schemaTitle": "system.Run", "state": "COMPLETE"}""");
        await PostAsync(http, "executions?executionId=train", """{"schemaTitle": "system.Run", "state": "RUNNING"}""");
        await PostAsync(http, "contexts?contextId=exp-one", """{"schemaTitle": "custom.Group"}""");
        await PostAsync(http, "executions/prepare:addExecutionEvents", Events(("raw", "INPUT"), ("clean", "OUTPUT")));
        await PostAsync(http, "executions/train:addExecutionEvents", Events(("clean", "INPUT"), ("classifier", "OUTPUT")));
        await PostAsync(
            http,
            "contexts/exp-one:addContextArtifactsAndExecutions",
            $$"""{"executions": ["{{Store[4..]}}/executions/train"]}"""
        );

        (await server.CairnAsync("lineage", "show", "clean"))
            .ShouldWork()
            .ShouldBe(
                """
                clean  system.Dataset  gs://lineage/clean
                ├─ made by
                │  └─ prepare  system.Run  COMPLETE
                │     └─ raw  system.Dataset  gs://lineage/raw
                └─ read by
                   └─ train  system.Run  RUNNING
                      └─ classifier  system.Model  gs://lineage/classifier

                """
            );
        (await server.CairnAsync("lineage", "show", "gs://lineage/classifier", "--upstream")).ShouldWork().ShouldContain("raw");
        (await server.CairnAsync("lineage", "show", "clean", "--downstream")).ShouldWork().ShouldNotContain("prepare");
        (await server.CairnAsync("lineage", "show", "exp-one")).ShouldWork().ShouldContain("classifier");
        (await server.CairnAsync("lineage", "show", $"{Store[4..]}/executions/train", "--depth", "1")).ShouldWork().ShouldNotContain("raw");
        (await server.CairnAsync("lineage", "show", "raw", "--format", "dot"))
            .ShouldWork()
            .ShouldContain($"\"{Store[4..]}/artifacts/raw\" -> \"{Store[4..]}/executions/prepare\";");
        var json = JsonNode.Parse((await server.CairnAsync("lineage", "show", "raw", "--format", "json")).ShouldWork())!;
        json["artifacts"]!.AsArray().Count.ShouldBe(3);
        json["events"]!.AsArray().Count.ShouldBe(4);
        (await server.CairnAsync("lineage", "show", "nothing")).Code.ShouldBe(1);
        (await server.CairnAsync("lineage", "show", "raw", "--format", "svg")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task a_copied_model_leads_to_its_original()
    {
        (
            await server.CairnAsync("models", "upload", "--display-name=one", "--model-id=origin", $"--container-image-uri={Image}")
        ).ShouldWork();
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        using var copied = await http.PostAsJsonAsync(
            "/v1/projects/demo/locations/us-central1/models:copy",
            new { sourceModel = "projects/demo/locations/us-central1/models/origin", modelId = "copied" }
        );
        copied.EnsureSuccessStatusCode();
        (await server.CairnAsync("lineage", "show", "origin@1", "--downstream"))
            .ShouldWork()
            .ShouldContain("model-copied-1  google.VertexModel");
        (await server.CairnAsync("models", "delete", "origin")).ShouldWork();
        (await server.CairnAsync("lineage", "show", "copied", "--upstream")).ShouldWork().ShouldContain("model-origin-1");
    }

    private static string Events(params (string Artifact, string Type)[] events) =>
        new JsonObject
        {
            ["events"] = new JsonArray([
                .. events.Select(e => new JsonObject { ["artifact"] = $"{Store[4..]}/artifacts/{e.Artifact}", ["type"] = e.Type }),
            ]),
        }.ToJsonString();

    private static async Task PostAsync(HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"{Store}/{path}", content);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}
