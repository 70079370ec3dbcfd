using System.Net;
using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>Names that the server makes of others were taken themselves, and the database's refusal was an INTERNAL error.</summary>
public sealed class TakenNameTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const string Location = "projects/taken/locations/us-central1";
    private const string Contexts = "/v1/" + Location + "/metadataStores/default/contexts";
    private const string Mlflow = "/" + Location + "/api/2.0/mlflow";

    private readonly RestClient _client = new(server.Server.HttpUrl.ToString().TrimEnd('/'));

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task an_experiment_whose_display_name_and_id_both_are_names_of_others_gets_a_name_of_its_own()
    {
        await ContextAsync("c", "b");
        await ContextAsync("a", "shared");

        await ContextAsync("b", "shared");

        (await _client.GetAsync($"{Mlflow}/experiments/get-by-name?experiment_name=b-2"))["experiment"].ShouldNotBeNull();
        (await _client.GetAsync($"{Contexts}/b"))["displayName"]!.ToString().ShouldBe("shared");
    }

    [Fact]
    public async Task a_deleted_experiment_makes_room_whatever_others_are_called()
    {
        var deleted = (string)(await _client.PostAsync(Mlflow + "/experiments/create", new { name = "v" }))["experiment_id"]!;
        await _client.PostAsync(Mlflow + "/experiments/create", new { name = $"v-{deleted}" });
        await _client.PostAsync(Mlflow + "/experiments/delete", new { experiment_id = deleted });

        await ContextAsync("v", "v");

        var kept = (await _client.GetAsync($"{Mlflow}/experiments/get?experiment_id={deleted}"))["experiment"]!;
        ((string)kept["name"]!).ShouldBe($"v-{deleted}-2");
        await _client.PostAsync(Mlflow + "/experiments/restore", new { experiment_id = deleted });
        await _client.GetAsync(Contexts);
    }

    [Fact]
    public async Task runs_whose_ids_begin_alike_can_be_moved_to_one_experiment()
    {
        for (var i = 1; i <= 4; i++)
        {
            await _client.PostAsync(
                $"/cairn/v1/{Location}/runs:import",
                new
                {
                    runId = "abcdef01" + i.ToString("D24"),
                    run = new
                    {
                        experiment = $"moved {i}",
                        slug = "s",
                        name = "s",
                        user = "",
                        status = "FINISHED",
                        experimentTags = new { },
                        @params = Array.Empty<int>(),
                        tags = Array.Empty<int>(),
                        datasets = Array.Empty<int>(),
                        deleted = false,
                        started = 1,
                        ended = 2,
                    },
                }
            );
        }

        var to = (string)
            (await _client.GetAsync($"{Mlflow}/experiments/get-by-name?experiment_name=moved%201"))["experiment"]!["experiment_id"]!;

        await _client.PostAsync(
            $"/cairn/v1/{Location}/runs:move",
            new { runIds = Enumerable.Range(2, 3).Select(static i => "abcdef01" + i.ToString("D24")), experimentId = long.Parse(to) }
        );

        (await _client.PostAsync(Mlflow + "/runs/search", new { experiment_ids = new[] { to } }))["runs"]!.AsArray().Count.ShouldBe(4);
    }

    private async Task ContextAsync(string id, string name)
    {
        var (status, answer) = await _client.TrySendAsync(
            HttpMethod.Post,
            $"{Contexts}?contextId={id}",
            new
            {
                displayName = name,
                schemaTitle = "system.Experiment",
                schemaVersion = "0.0.1",
            }
        );
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
    }
}
