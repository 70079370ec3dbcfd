using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Google.LongRunning;

namespace Cairn.Server.Tests.Bugs;

/// <summary>While PostgreSQL was away, every answer was 500.</summary>
public sealed class AwayStoreTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task a_store_that_is_away_is_said_at_every_door_and_comes_back_by_itself()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await CairnServer.StartAsync(
            RunningServer.Options(_scratch["data"]) with
            {
                Store = await postgres.CreateDatabaseAsync(),
            }
        );
        using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
        using var grpc = new GrpcClient(server.GrpcAddress);
        await MustAnswerAsync(client, HttpStatusCode.OK);

        await postgres.StopAsync();
        for (var round = 0; round < 3; round++)
        {
            await MustAnswerAsync(client, HttpStatusCode.ServiceUnavailable);
            (
                await grpc.CallAsync(
                    "/google.longrunning.Operations/ListOperations",
                    new ListOperationsRequest { Name = "projects/p/locations/l" }
                )
            ).Status.ShouldBe((int)Google.Rpc.Code.Unavailable);
        }

        (await client.TrySendAsync(HttpMethod.Get, "/healthz")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);

        await postgres.StartAgainAsync();
        await Poll.UntilAsync(
            async () => (await client.TrySendAsync(HttpMethod.Get, "/healthz")).Status == HttpStatusCode.OK,
            "the server to find its store again"
        );
        await MustAnswerAsync(client, HttpStatusCode.OK);

        // Connections that broke while nobody used them are no one's failure.
        await postgres.StopAsync();
        await postgres.StartAgainAsync();
        await MustAnswerAsync(client, HttpStatusCode.OK);
    }

    private static async Task MustAnswerAsync(RestClient client, HttpStatusCode expected)
    {
        var entry = JsonNode.Parse("""{"entries":[{"logName":"projects/p/logs/a","textPayload":"x"}]}""")!;
        foreach (
            var (method, path, body) in ((HttpMethod, string, object?)[])
                [
                    (HttpMethod.Get, "/v1/projects/p/locations/l/models", null),
                    (HttpMethod.Post, "/v1/projects/p/locations/l/endpoints", new { displayName = "e" }),
                    (HttpMethod.Get, "/storage/v1/b?project=p", null),
                    (HttpMethod.Post, "/v2/entries:write", entry),
                    (HttpMethod.Post, "/api/2.0/mlflow/experiments/search", new { max_results = 1 }),
                    (HttpMethod.Get, "/v1/projects/p/models", null),
                    (HttpMethod.Get, "/cairn/v1/tokens", null),
                ]
        )
        {
            var (status, answer) = await client.TrySendAsync(method, path, body);
            status.ShouldBe(expected, $"{path}: {answer.ToJsonString()}");
        }
    }
}
