using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Tuning.Tests;

/// <summary>
/// SIGKILL while clients work: every trial that was handed out or completed is there afterwards, once, and clients go on with the one they
/// had.
/// </summary>
public sealed class KillTests
{
    private const string Location = "/v1/projects/p/locations/us-central1";
    private const int Clients = 4;

    [Fact]
    public async Task acknowledged_trials_survive_a_kill()
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Http) };
        var study = (string)
            (
                await PostAsync(
                    http,
                    Location + "/studies",
                    new
                    {
                        displayName = "killed",
                        studySpec = new
                        {
                            algorithm = "RANDOM_SEARCH",
                            metrics = new[] { new { metricId = "y" } },
                            parameters = new[] { new { parameterId = "x", doubleValueSpec = new { minValue = 0, maxValue = 1 } } },
                        },
                    }
                )
            )["name"]!;
        var open = new ConcurrentDictionary<string, string>();
        var completed = new ConcurrentDictionary<string, double>();
        for (var round = 0; round < 3; round++)
        {
            var before = completed.Count;
            var clients = Enumerable
                .Range(0, Clients)
                .Select(client => WorkUntilItBreaksAsync(server.Http, study, $"client-{client}", open, completed))
                .ToArray();
            await Poll.UntilAsync(() => completed.Count >= before + 40, "40 completed trials");
            server.Kill();
            await Task.WhenAll(clients);
            await server.RestartAsync();

            var stored = await ListAsync(http, study);
            stored.Select(static trial => (string)trial["name"]!).ShouldBeUnique();
            var byName = stored.ToDictionary(static trial => (string)trial["name"]!);
            foreach (var (name, value) in completed)
            {
                ((string)byName[name]["state"]!).ShouldBe("SUCCEEDED");
                ((double)byName[name]["finalMeasurement"]!["metrics"]![0]!["value"]!).ShouldBe(value);
            }

            foreach (var (client, name) in open)
            {
                byName.ShouldContainKey(name);
                var again = (string)(await SuggestAsync(http, study, client))["name"]!;
                // The trial that it had, unless its completion was committed and not yet acknowledged.
                if ((string)byName[name]["state"]! == "ACTIVE")
                {
                    again.ShouldBe(name);
                }
            }
        }
    }

    private static async Task WorkUntilItBreaksAsync(
        string address,
        string study,
        string client,
        ConcurrentDictionary<string, string> open,
        ConcurrentDictionary<string, double> completed
    )
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        try
        {
            for (var i = 0; ; i++)
            {
                var name = (string)(await SuggestAsync(http, study, client))["name"]!;
                open[client] = name;
                var value = i + 0.5;
                await PostAsync(
                    http,
                    $"/v1/{name}:complete",
                    new { finalMeasurement = new { metrics = new[] { new { metricId = "y", value } } } }
                );
                completed[name] = value;
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // The server was killed, as the test wants.
        }
    }

    private static async Task<JsonNode> SuggestAsync(HttpClient http, string study, string clientId) =>
        (await PostAsync(http, $"/v1/{study}/trials:suggest", new { suggestionCount = 1, clientId }))["response"]!["trials"]![0]!;

    private static async Task<List<JsonNode>> ListAsync(HttpClient http, string study)
    {
        var all = new List<JsonNode>();
        var token = "";
        do
        {
            var page = JsonNode.Parse(await http.GetStringAsync($"/v1/{study}/trials?pageToken={Uri.EscapeDataString(token)}"))!;
            all.AddRange(page["trials"]!.AsArray()!);
            token = (string?)page["nextPageToken"] ?? "";
        } while (token.Length > 0);
        return all;
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
