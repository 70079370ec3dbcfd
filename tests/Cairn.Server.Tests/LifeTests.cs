using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>The whole program: its start, its stop, and its other store.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task sigterm_ends_it_cleanly_and_a_restart_finds_everything()
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Http) };
        (await http.PostAsJsonAsync("/storage/v1/b?project=p", new { name = "kept" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.StopAsync()).ShouldBe(0);
        File.Exists(Path.Combine(server.Data, "server.json")).ShouldBeFalse();
        await server.RestartAsync();
        (await http.GetAsync("/storage/v1/b/kept")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task every_door_works_on_postgresql()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await ServerProcess.StartAsync(arguments: ["--store", await postgres.CreateDatabaseAsync()]);
        using var http = new HttpClient { BaseAddress = new Uri(server.Http) };

        (await http.PostAsJsonAsync("/storage/v1/b?project=p", new { name = "data" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var content = new StringContent("a,b\n1,2\n", Encoding.UTF8, "text/csv");
        (await http.PostAsync("/upload/storage/v1/b/data/o?uploadType=media&name=x%2Fy.csv", content)).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );
        (await http.GetStringAsync("/storage/v1/b/data/o/x%2Fy.csv?alt=media")).ShouldBe("a,b\n1,2\n");

        var models = "/v1/projects/p/locations/us-central1/models";
        var spec = new
        {
            imageUri = "example.com/server:1",
            predictRoute = "/p",
            healthRoute = "/h",
        };
        var uploaded = await JsonAsync(
            await http.PostAsJsonAsync(
                models + ":upload",
                new
                {
                    model = new
                    {
                        displayName = "m",
                        containerSpec = spec,
                        labels = new { env = "prod" },
                    },
                }
            )
        );
        ((bool)uploaded["done"]!).ShouldBeTrue(uploaded.ToJsonString());
        var listed = await JsonAsync(await http.GetAsync(models + "?filter=" + Uri.EscapeDataString("labels.env=prod AND display_name=m")));
        listed["models"]!.AsArray().Count.ShouldBe(1);

        var endpoint = await JsonAsync(
            await http.PostAsJsonAsync("/v1/projects/p/locations/us-central1/endpoints", new { displayName = "e" })
        );
        (await http.DeleteAsync("/v1/" + (string)endpoint["response"]!["name"]!)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JsonAsync(await http.GetAsync("/v1/projects/p/locations/us-central1/operations")))["operations"]!
            .AsArray()
            .Count.ShouldBeGreaterThanOrEqualTo(3);

        var entry = new
        {
            logName = "projects/p/logs/test",
            resource = new { type = "global" },
            textPayload = "hello",
        };
        (await http.PostAsJsonAsync("/v2/entries:write", new { entries = new[] { entry } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var logs = await JsonAsync(await http.PostAsJsonAsync("/v2/entries:list", new { resourceNames = new[] { "projects/p" } }));
        ((string)logs["entries"]![0]!["textPayload"]!).ShouldBe("hello");
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue(text);
            return JsonNode.Parse(text)!;
        }
    }
}
