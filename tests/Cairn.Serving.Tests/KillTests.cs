using System.Net;
using System.Text.Json.Nodes;
using Cairn.OnnxModels;
using Cairn.Testing;

namespace Cairn.Serving.Tests;

/// <summary>The real server is killed while it answers predictions.</summary>
public sealed class KillTests
{
    private const int Clients = 4;

    [Fact]
    public async Task a_model_in_the_servers_process_predicts_again_after_a_kill() =>
        await KillWhilePredictingAsync(
            "cairn/onnx:latest",
            new() { ["model.onnx"] = SampleModels.LinearRegression() },
            "[[1,1,1],[1,0,0]]",
            "[[6.5],[1.5]]",
            hasWorkers: false
        );

    [Fact]
    public async Task a_killed_server_leaves_no_worker_and_its_endpoint_predicts_again()
    {
        const string script = """
            import joblib
            from sklearn.linear_model import LogisticRegression
            joblib.dump(LogisticRegression().fit([[0, 0], [1, 1], [0, .1], [1, .9]], ["a", "b", "a", "b"]), "model.joblib")
            """;
        var files = await PythonModels.MakeAsync(script, "sklearn");
        await KillWhilePredictingAsync(
            "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest",
            files,
            "[[0,0],[1,1]]",
            """["a","b"]""",
            hasWorkers: true
        );
    }

    private static async Task KillWhilePredictingAsync(
        string image,
        Dictionary<string, byte[]> files,
        string instances,
        string predictions,
        bool hasWorkers
    )
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new RestClient(server.Http);
        await client.CreateBucketAsync("models");
        var endpoint = await client.ServeAsync("models", "m", image, files);
        for (var round = 0; round < 2; round++)
        {
            var answers = 0;
            var asking = Enumerable
                .Range(0, Clients)
                .Select(_ => AskUntilItBreaksAsync(client, endpoint, instances, predictions, () => Interlocked.Increment(ref answers)))
                .ToArray();
            await Poll.UntilAsync(() => Volatile.Read(ref answers) >= 40, "40 answers");
            var before = Workers(server.Data);
            before.Any().ShouldBe(hasWorkers);

            server.Kill();

            // An answer that came is a right one up to the end; those under way are broken off, not answered wrongly.
            await Task.WhenAll(asking);
            await Poll.UntilAsync(
                () => Workers(server.Data).Count == 0,
                "the workers to be gone with their server",
                TimeSpan.FromSeconds(20)
            );
            await server.RestartAsync();
            await Poll.UntilAsync(
                async () => await AnswersAsync(client, endpoint, instances, predictions),
                "the endpoint to predict again"
            );
        }

        (await server.StopAsync()).ShouldBe(0);
        Workers(server.Data).ShouldBeEmpty();
    }

    private static async Task AskUntilItBreaksAsync(
        RestClient client,
        string endpoint,
        string instances,
        string predictions,
        Action answered
    )
    {
        try
        {
            while (true)
            {
                (await client.PredictAsync(endpoint, instances)).ShouldBe(predictions);
                answered();
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // The server was killed, as the test wants.
        }
    }

    /// <summary>Whether the endpoint answers; while its model is being loaded it may say that it is not ready, and nothing else.</summary>
    private static async Task<bool> AnswersAsync(RestClient client, string endpoint, string instances, string predictions)
    {
        var (status, answer) = await client.TrySendAsync(
            HttpMethod.Post,
            $"/v1/{endpoint}:predict",
            new JsonObject { ["instances"] = JsonNode.Parse(instances) }
        );
        if (status != HttpStatusCode.OK)
        {
            status.ShouldBe(HttpStatusCode.ServiceUnavailable, answer.ToJsonString());
            return false;
        }

        answer["predictions"]!.ToJsonString().ShouldBe(predictions);
        return true;
    }

    /// <summary>Processes that were given one of this server's model folders, directly or inside the sandbox.</summary>
    private static List<string> Workers(string data) =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Where(static folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                .Where(folder =>
                {
                    try
                    {
                        var command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                        return command.Contains(data, StringComparison.Ordinal)
                            && command.Contains("predictor.py", StringComparison.Ordinal);
                    }
                    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                    {
                        // It ended in between.
                        return false;
                    }
                }),
        ];
}
