using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.Logging.V2;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Server.Tests.Bugs;

/// <summary>
/// Text that is none and numbers that no one can mean: refused at every door with 400, where some answered 500 and others stored something
/// else.
/// </summary>
public sealed class TextAndNumberTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Location = "/v1/projects/p/locations/us-central1";
    private const string Mlflow = "/api/2.0/mlflow";
    private const int InvalidArgument = 3;

    [Fact]
    public Task half_a_character_and_bytes_that_are_not_utf8_are_refused_in_every_body() =>
        MustBeRefusedAsync([
            .. ((string[])[@"a\ud800", @"\udc00b", @"\ud83d\u0041", "\u00ff"]).SelectMany(static text =>
                ((string, string, string)[])
                    [
                        ("POST", Location + "/endpoints", $$"""{"displayName":"{{text}}"}"""),
                        ("POST", Location + "/metadataStores/default/artifacts", $$$"""{"metadata":{"a":"{{{text}}}"}}"""),
                        ("POST", "/v2/entries:write", $$$"""{"entries":[{"logName":"projects/p/logs/a","textPayload":"{{{text}}}"}]}"""),
                        ("POST", "/v2/entries:list", $$"""{"resourceNames":["projects/p"],"filter":"{{text}}"}"""),
                        ("POST", "/v1/projects/p/models", $$"""{"name":"m1","description":"{{text}}"}"""),
                        ("POST", "/storage/v1/b?project=p", $$$"""{"name":"texts","labels":{"a":"{{{text}}}"}}"""),
                        ("POST", Mlflow + "/experiments/create", $$"""{"name":"{{text}}"}"""),
                        ("POST", Mlflow + "/experiments/search", $$"""{"filter":"{{text}}"}"""),
                        ("POST", Mlflow + "/runs/log-batch", $$$"""{"run_id":"r","tags":[{"key":"{{{text}}}","value":"v"}]}"""),
                        ("POST", Mlflow + "/registered-models/create", $$"""{"name":"{{text}}"}"""),
                        ("POST", "/cairn/v1/tokens", $$"""{"name":"{{text}}"}"""),
                    ]
            ),
        ]);

    [Fact]
    public Task queries_and_paths_that_are_not_utf8_are_refused() =>
        MustBeRefusedAsync([
            .. ((string[])["%FF", "%ED%A0%80", "%C3", "%00", "a%F0%9F%98b"]).SelectMany(static text =>
                ((string, string, string)[])
                    [
                        ("GET", $"{Location}/models?filter={text}", ""),
                        ("GET", $"{Location}/models/{text}", ""),
                        ("GET", $"/v1/projects/p/jobs?filter={text}", ""),
                        ("GET", $"/storage/v1/b?project=p&prefix={text}", ""),
                        ("GET", $"/storage/v1/b/nothing/o/{text}", ""),
                        ("GET", $"{Mlflow}/experiments/get-by-name?experiment_name={text}", ""),
                        ("GET", $"/cairn/v1/tokens?x={text}", ""),
                    ]
            ),
        ]);

    [Fact]
    public Task nul_is_refused_where_text_is_stored_or_looked_up() =>
        MustBeRefusedAsync([
            ("POST", Location + "/endpoints", """{"displayName":"a\u0000"}"""),
            ("POST", Location + "/metadataStores/default/artifacts", """{"metadata":{"a\u0000":"x"}}"""),
            ("POST", "/v2/entries:write", """{"entries":[{"logName":"projects/p/logs/a","insertId":"\u0000","textPayload":"x"}]}"""),
            ("POST", "/storage/v1/b?project=p", """{"name":"texts","labels":{"a":"\u0000"}}"""),
            ("POST", Mlflow + "/experiments/create", """{"name":"a\u0000b"}"""),
            ("POST", Mlflow + "/registered-models/create", """{"name":"a\u0000b"}"""),
            ("POST", "/cairn/v1/tokens", """{"name":"a\u0000"}"""),
        ]);

    [Fact]
    public Task numbers_that_no_one_can_mean_are_refused() =>
        MustBeRefusedAsync([
            ("POST", "/cairn/v1/tokens", """{"name":"a","ttlSeconds":-1e300}"""),
            ("POST", "/cairn/v1/tokens", """{"name":"a","ttlSeconds":1e300}"""),
            ("POST", "/cairn/v1/tokens", """{"name":"a","ttlSeconds":0}"""),
            ("POST", "/cairn/v1/projects/p/locations/us-central1/runs:removeDeleted", """{"olderThanSeconds":1e300}"""),
            ("POST", "/cairn/v1/projects/p/locations/us-central1/runs:removeDeleted", """{"olderThanSeconds":-1e300}"""),
            ("POST", Mlflow + "/runs/create", """{"experiment_id":"0","start_time":1e300}"""),
            ("POST", Mlflow + "/runs/create", """{"experiment_id":"0","start_time":9223372036854775807}"""),
            ("POST", Mlflow + "/runs/log-metric", """{"run_id":"r","key":"k","value":1,"timestamp":1e300}"""),
            ("POST", Mlflow + "/runs/log-metric", """{"run_id":"r","key":"k","value":1,"timestamp":1,"step":1e300}"""),
            ("POST", Mlflow + "/runs/log-batch", """{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1e300,"step":1}]}"""),
            ("POST", Mlflow + "/runs/log-batch", """{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1,"step":-1e300}]}"""),
            ("POST", Mlflow + "/runs/log-batch", """{"run_id":"r","metrics":[{"key":"k","value":1,"timestamp":1,"step":"1e300"}]}"""),
            ("GET", "/storage/v1/b?project=p&maxResults=99999999999999999999", ""),
            ("GET", "/storage/v1/b/nothing/o/x?ifGenerationMatch=1e300", ""),
            ("GET", Location + "/models?pageSize=1e300", ""),
            ("GET", Location + "/models?pageSize=4294967296", ""),
            (
                "POST",
                "/v2/entries:write",
                """{"entries":[{"logName":"projects/p/logs/a","textPayload":"x","timestamp":"9999-12-31T23:59:59Z"}]}"""
            ),
            ("POST", Location + "/customJobs", """{"displayName":"j","jobSpec":{"workerPoolSpecs":[{"replicaCount":"1e300"}]}}"""),
        ]);

    [Fact]
    public async Task a_chunk_that_is_said_to_be_larger_than_any_number_is_refused_at_every_door()
    {
        foreach (
            var path in (string[])
                [
                    Location + "/endpoints",
                    "/v2/entries:write",
                    "/storage/v1/b?project=p",
                    "/upload/storage/v1/b/x/o?uploadType=media&name=y",
                    Mlflow + "/experiments/create",
                    Mlflow + "/runs/log-batch",
                    "/cairn/v1/tokens",
                    "/v1/projects/p/models",
                ]
        )
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(server.Server.HttpUrl.Host, server.Server.HttpUrl.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"
                )
            );
            var buffer = new byte[64];
            var read = await stream.ReadAtLeastAsync(buffer, 12, throwOnEndOfStream: false);
            // There may be no bucket to store into, which is found out first.
            Encoding
                .ASCII.GetString(buffer, 0, Math.Min(read, 12))
                .ShouldBeOneOf("HTTP/1.1 400", path.StartsWith("/upload", StringComparison.Ordinal) ? "HTTP/1.1 404" : "HTTP/1.1 400");
        }
    }

    [Fact]
    public async Task grpc_refuses_what_json_cannot_say()
    {
        (await RawAsync("google.longrunning.Operations/GetOperation", [0x0A, 1, 0xFF])).ShouldBe(InvalidArgument);
        (await RawAsync("google.longrunning.Operations/GetOperation", [0x0A, 3, 0xED, 0xA0, 0x80])).ShouldBe(InvalidArgument);

        // A group of an unknown field is passed over, as readers do.
        (await RawAsync("google.longrunning.Operations/GetOperation", [0x7B, 0x08, 1, 0x7C, 0x0A, 1, (byte)'x'])).ShouldNotBe(13);
        foreach (
            var time in (Timestamp[])
                [
                    new() { Seconds = long.MaxValue },
                    new() { Seconds = long.MinValue },
                    new() { Nanos = -1 },
                    new() { Seconds = 253_402_300_799 },
                ]
        )
        {
            var write = new WriteLogEntriesRequest
            {
                Entries =
                {
                    new LogEntry
                    {
                        LogName = "projects/p/logs/g",
                        TextPayload = "x",
                        Timestamp = time,
                    },
                },
            };
            (await server.Grpc.CallAsync("/google.logging.v2.LoggingServiceV2/WriteLogEntries", write)).Status.ShouldBe(
                InvalidArgument,
                time.Seconds.ToString(CultureInfo.InvariantCulture)
            );
        }

        foreach (var name in (string[])["projects/p\0/locations/us-central1/models/1", "projects/p/locations/us-central1/models/a\0"])
        {
            (
                await server.Grpc.CallAsync("/google.cloud.aiplatform.v1.ModelService/GetModel", new GetModelRequest { Name = name })
            ).Status.ShouldBe(InvalidArgument);
        }
    }

    [Fact]
    public async Task a_wait_may_be_asked_for_with_any_duration_and_a_filter_with_any_year()
    {
        using var client = new RestClient(server.Server.HttpUrl.ToString().TrimEnd('/'));
        var operation = await client.PostAsync(Location + "/endpoints", new { displayName = "e" });
        foreach (var timeout in (string[])["-315576000000s", "315576000000s"])
        {
            (await client.EndAsync(operation))["done"].ShouldNotBeNull();
            ((bool)(await client.PostAsync($"/v1/{operation["name"]}:wait", new { timeout }))["done"]!).ShouldBeTrue();
        }

        await client.PostAsync(
            "/v2/entries:write",
            System.Text.Json.Nodes.JsonNode.Parse("""{"entries":[{"logName":"projects/years/logs/a","textPayload":"x"}]}""")!
        );
        foreach (
            var (filter, count) in ((string, int)[])
                [
                    ("timestamp<\"9999-12-31T00:00:00Z\"", 1),
                    ("timestamp>\"0001-01-02T00:00:00Z\"", 1),
                    ("timestamp>\"9999-12-31T00:00:00Z\"", 0),
                ]
        )
        {
            (
                (await client.PostAsync("/v2/entries:list", new { resourceNames = new[] { "projects/years" }, filter }))["entries"]
                    ?.AsArray()
                    .Count
                ?? 0
            ).ShouldBe(count, filter);
        }
    }

    [Fact]
    public async Task lengths_count_characters_of_which_some_are_two_units()
    {
        using var client = new RestClient(server.Server.HttpUrl.ToString().TrimEnd('/'));
        var (most, more) = (string.Concat(Enumerable.Repeat("😀", 128)), string.Concat(Enumerable.Repeat("😀", 129)));
        foreach (var path in (string[])[Location + "/endpoints", Location + "/metadataStores/default/artifacts"])
        {
            await client.PostAsync(path, new { displayName = most });
            ((int)(await client.TrySendAsync(HttpMethod.Post, path, new { displayName = more })).Status).ShouldBe(400, path);
        }

        await client.PostAsync(Mlflow + "/registered-models/create", new { name = string.Concat(Enumerable.Repeat("😀", 256)) });
    }

    private async Task<int> RawAsync(string method, byte[] message) =>
        (await server.Grpc.SendAsync("/" + method, GrpcClient.Frame(message))).Status;

    private async Task MustBeRefusedAsync((string Method, string Path, string Body)[] calls)
    {
        var wrong = new List<string>();
        foreach (var (method, path, body) in calls)
        {
            var target = new Uri(
                server.Server.HttpUrl.ToString().TrimEnd('/') + path,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            );
            using var message = new HttpRequestMessage(new HttpMethod(method), target);
            if (body.Length > 0)
            {
                // In Latin-1 a character above U+007F is a byte that is not UTF-8.
                message.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
                message.Content.Headers.ContentType = new("application/json");
            }

            using var response = await server.Http.SendAsync(message);
            if ((int)response.StatusCode != 400)
            {
                wrong.Add($"{(int)response.StatusCode} {method} {path} {body} {await response.Content.ReadAsStringAsync()}");
            }
        }

        wrong.ShouldBeEmpty();
    }
}
