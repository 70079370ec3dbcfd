using System.Net;
using System.Text;
using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>
/// Bodies of the server's own calls that are JSON, and in which something is not there: a null in a list was found by whoever went through
/// it, as a failure.
/// </summary>
public sealed class ImportBodyTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const string Location = "/cairn/v1/projects/imported/locations/us-central1";
    private const string Run = """
        {"runId":"0123456789abcdef0123456789abcdef","run":{"experiment":"e","slug":"s","name":"n","user":"u","status":"FINISHED","started":1700000000000,"ended":1700000001000,"experimentTags":{"a":"b"},
        "params":[{"key":"lr","value":"0.1"}],"tags":[{"key":"t","value":"v"}],"datasets":[{"name":"d","digest":"1","sourceType":"code","source":"{}","schema":"{}","profile":"{}","tags":[{"key":"c","value":"x"}]}],"deleted":false},
        "metrics":[{"name":"loss","steps":[1],"times":[1700000000000000],"values":[0.5]}],"modelsUsed":["m-1"],"modelsMade":[{"modelId":"m-2","step":1}]}
        """;

    private const string Model = """
        {"experiment":"e","modelId":"m-0123456789abcdef0123456789abcdef","name":"net","type":"","sourceRun":"","status":"READY","created":1700000000000,"updated":1700000000000,"params":[{"key":"a","value":"b"}],
        "tags":[],"metrics":[{"name":"loss","step":1,"time":1700000000000,"value":0.5,"runId":"0123456789abcdef0123456789abcdef","datasetName":"d","datasetDigest":"1"}]}
        """;

    private readonly RestClient _client = new(server.Server.HttpUrl.ToString().TrimEnd('/'));

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task what_is_not_there_is_refused_and_the_rest_is_imported()
    {
        foreach (
            var (from, to) in ((string, string)[])
                [
                    ("\"b\"}", "null}"),
                    ("{\"key\":\"lr\",\"value\":\"0.1\"}", "null"),
                    ("\"0.1\"", "null"),
                    ("\"key\":\"lr\",", ""),
                    ("{\"key\":\"t\",\"value\":\"v\"}", "null"),
                    ("\"datasets\":[", "\"datasets\":[null,"),
                    ("\"digest\":\"1\"", "\"digest\":null"),
                    ("{\"key\":\"c\",\"value\":\"x\"}", "null"),
                    ("\"metrics\":[", "\"metrics\":[null,"),
                    ("\"steps\":[1]", "\"steps\":null"),
                    ("\"steps\":[1]", "\"steps\":[null]"),
                    ("\"m-1\"", "null"),
                    ("\"modelsMade\":[", "\"modelsMade\":[null,"),
                    ("\"modelId\":\"m-2\"", "\"modelId\":null"),
                    ("\"runId\":\"0123456789abcdef0123456789abcdef\"", "\"runId\":null"),
                    ("1700000000000,", "9223372036854775807,"),
                    ("1700000001000", "-9223372036854775808"),
                    ("1700000000000000", "9223372036854775807"),
                ]
        )
        {
            await RefusedAsync("/runs:import", Run, from, to);
        }

        (await _client.PostAsync(Location + "/runs:import", Body(Run)))["experimentId"].ShouldNotBeNull();
        foreach (
            var (from, to) in ((string, string)[])
                [
                    ("\"metrics\":[", "\"metrics\":[null,"),
                    ("{\"key\":\"a\",\"value\":\"b\"}", "null"),
                    ("\"value\":\"b\"", "\"value\":null"),
                    ("\"runId\":\"0123456789abcdef0123456789abcdef\"", "\"runId\":null"),
                    ("\"type\":\"\"", "\"type\":null"),
                    ("\"time\":1700000000000", "\"time\":9223372036854775807"),
                    ("\"created\":1700000000000", "\"created\":9223372036854775807"),
                    ("\"updated\":1700000000000", "\"updated\":-9223372036854775808"),
                ]
        )
        {
            await RefusedAsync("/loggedModels:import", Model, from, to);
        }

        await _client.PostAsync(Location + "/loggedModels:import", Body(Model));
        foreach (
            var body in (string[])
                [
                    "{\"runIds\":[null],\"experimentId\":0}",
                    "{\"runIds\":null,\"experimentId\":0}",
                    "{\"runIds\":[\"x\"]}",
                    "null",
                    "[]",
                    "{\"runIds\":[1],\"experimentId\":0}",
                ]
        )
        {
            ((int)(await _client.TrySendAsync(HttpMethod.Post, Location + "/runs:move", Body(body))).Status).ShouldBe(400, body);
        }

        foreach (var collection in (string[])["contexts", "executions", "artifacts"])
        {
            await _client.GetAsync($"/v1/projects/imported/locations/us-central1/metadataStores/default/{collection}");
        }
    }

    private async Task RefusedAsync(string path, string body, string from, string to)
    {
        body.ShouldContain(from);
        var (status, answer) = await _client.TrySendAsync(
            HttpMethod.Post,
            Location + path,
            Body(body.Replace(from, to, StringComparison.Ordinal))
        );
        status.ShouldBe(HttpStatusCode.BadRequest, $"{from} -> {to}: {answer.ToJsonString()}");
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
