using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests.Telemetry;

/// <summary>A collector sees a trace from the call that makes a job to the job's end, and the job's program goes on with it.</summary>
public sealed class TraceTests
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    private static readonly Dictionary<string, string> AtOnce = new()
    {
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    [Fact]
    public async Task a_trace_goes_from_the_call_through_its_transaction_into_the_task()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await ServerProcess.StartAsync(arguments: ["--telemetry-endpoint", receiver.Url], environment: AtOnce);
        using var client = new RestClient(server.Http);
        var (trace, caller) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        var name = await SubmitAsync(server, $"00-{trace}-{caller}-01", $"00-{trace}-????????????????-01");
        (await EndAsync(client, name)).ShouldBe("JOB_STATE_SUCCEEDED");

        await Poll.UntilAsync(
            () =>
                receiver.Spans.Any(span => span.Name == "task run" && span.Trace == trace)
                && receiver.Metrics.ContainsKey("cairn.store.size"),
            "the collector to have the task's span and the server's metrics"
        );
        var spans = receiver.Spans.Where(span => span.Trace == trace).ToList();
        var door = spans.Single(static span => span.Name == "POST /v1/{parent=projects/*/locations/*}/customJobs");
        var handler = spans.Single(static span => span.Name == "handler CreateCustomJob");
        door.Parent.ShouldBe(caller);
        door.Attributes["http.route"].ShouldBe("/v1/{parent=projects/*/locations/*}/customJobs");
        handler.Parent.ShouldBe(door.Id);
        var transactions = spans.Where(static span => span.Name == "transaction").ToList();
        transactions.ShouldNotBeEmpty();
        transactions.ShouldAllBe(span => span.Parent == handler.Id);
        foreach (var task in (string[])["task wait", "task run"])
        {
            var span = spans.Single(span => span.Name == task);
            span.Parent.ShouldBe(handler.Id);
            span.Attributes["cairn.task.job"].ShouldBe(name);
        }

        receiver.Metrics.Keys.ShouldContain("http.server.request.duration");
    }

    /// <summary>A client that traces, and a server that does not: the program is still a part of the client's trace.</summary>
    [Fact]
    public async Task without_a_collector_of_its_own_a_server_passes_the_callers_trace_on()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new RestClient(server.Http);
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        (await EndAsync(client, await SubmitAsync(server, trace, trace))).ShouldBe("JOB_STATE_SUCCEEDED");
    }

    [Fact]
    public async Task a_collector_that_is_away_is_told_of_and_holds_up_nothing()
    {
        await using var server = await ServerProcess.StartAsync(
            arguments: ["--telemetry-endpoint", "http://127.0.0.1:1"],
            environment: AtOnce
        );
        using var client = new RestClient(server.Http);
        await client.GetAsync(ServingSteps.Parent() + "/models");
        await Poll.UntilAsync(async () => (await server.ReadLogAsync()).Contains("did not take", StringComparison.Ordinal), "the log");
        await client.GetAsync(ServingSteps.Parent() + "/models");
    }

    /// <summary>Submits a job that succeeds where its TRACEPARENT is of a form.</summary>
    private static async Task<string> SubmitAsync(ServerProcess server, string trace, string expected)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Http + ServingSteps.Parent() + "/customJobs")
        {
            Content = new StringContent(
                new JsonObject
                {
                    ["displayName"] = "traced",
                    ["jobSpec"] = new JsonObject
                    {
                        ["workerPoolSpecs"] = new JsonArray(
                            new JsonObject
                            {
                                ["replicaCount"] = 1,
                                ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" },
                                ["containerSpec"] = new JsonObject
                                {
                                    ["imageUri"] = Image,
                                    ["command"] = new JsonArray(
                                        "sh",
                                        "-c",
                                        $"echo \"$TRACEPARENT\"; case \"$TRACEPARENT\" in {expected}) exit 0;; *) exit 1;; esac"
                                    ),
                                },
                            }
                        ),
                    },
                }.ToJsonString(),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("traceparent", trace);
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(answer);
        return (string)JsonNode.Parse(answer)!["name"]!;
    }

    private static async Task<string> EndAsync(RestClient client, string name)
    {
        var state = "";
        await Poll.UntilAsync(
            async () => (state = (string)(await client.GetAsync("/v1/" + name))["state"]!) is "JOB_STATE_FAILED" or "JOB_STATE_SUCCEEDED",
            $"{name} to end"
        );
        return state;
    }
}
