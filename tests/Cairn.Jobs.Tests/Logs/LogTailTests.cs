using System.Text.Json.Nodes;
using Cairn.Testing;
using Google.Cloud.Logging.V2;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Tests.Logs;

/// <summary>Tailing: entries as they arrive, by gRPC.</summary>
public sealed class LogTailTests(Server server)
{
    private const string Path = "/google.logging.v2.LoggingServiceV2/TailLogEntries";

    private readonly JobsClient _client = new(server.Process, "tail-" + Guid.NewGuid().ToString("n")[..8]);

    private string Project => _client.Parent.Split('/')[1];

    [Fact]
    public async Task entries_are_given_as_they_arrive_each_once_and_only_those_that_are_wanted()
    {
        await WriteAsync("before", "INFO");
        await using var call = new GrpcStream(server.Process.Grpc, Path);
        await call.SendAsync(Request("severity>=WARNING"));
        await FirstAsync(call, "WARNING");
        await WriteAsync("quiet", "INFO");
        await WriteAsync("loud", "ERROR", "2020-01-01T00:00:00Z");

        (await TextsAsync(call, 1)).ShouldBe(["loud"], "an entry of long ago has arrived now");
        await WriteAsync("louder", "CRITICAL");
        (await TextsAsync(call, 1)).ShouldBe(["louder"]);
    }

    [Fact]
    public async Task a_later_message_changes_what_is_wanted_and_the_tail_goes_on_when_the_client_has_sent_its_last()
    {
        await using var call = new GrpcStream(server.Process.Grpc, Path);
        await call.SendAsync(Request("textPayload:one"));
        await FirstAsync(call, "INFO", "one");
        await call.SendAsync(Request("textPayload:two"));
        call.Complete();
        await Poll.UntilAsync(
            async () =>
            {
                await WriteAsync("two", "INFO");
                return await call.ReadAsync<TailLogEntriesResponse>() is { } reply
                    && reply.Entries.All(entry => entry.TextPayload == "two");
            },
            "the filter to change"
        );
    }

    [Fact]
    public async Task entries_within_the_window_come_in_the_order_of_their_times()
    {
        await using var call = new GrpcStream(server.Process.Grpc, Path);
        await call.SendAsync(Request("", TimeSpan.FromSeconds(1)));
        await FirstAsync(call, "INFO", "ready");
        await WriteAsync("n2", "INFO", "2026-01-01T00:00:02Z");
        await WriteAsync("n1", "INFO", "2026-01-01T00:00:01Z");

        (await TextsAsync(call, 2)).ShouldBe(["n1", "n2"]);
    }

    [Theory]
    [InlineData("folders/1", "", 0, "projects/PROJECT")]
    [InlineData("projects/p", "severity>=LOUD", 0, "LOUD")]
    [InlineData("projects/p", "", 61, "buffer_window")]
    public async Task what_cannot_be_tailed_is_refused(string resource, string filter, int window, string part)
    {
        await using var call = new GrpcStream(server.Process.Grpc, Path);
        await call.SendAsync(
            new TailLogEntriesRequest
            {
                ResourceNames = { resource },
                Filter = filter,
                BufferWindow = Duration.FromTimeSpan(TimeSpan.FromSeconds(window)),
            }
        );

        (await call.StatusAsync()).ShouldSatisfyAllConditions(end => end.Status.ShouldBe(3), end => end.Message.ShouldContain(part));
    }

    [Fact]
    public async Task a_project_has_no_more_than_ten_tails_and_one_that_ended_makes_room()
    {
        var calls = new List<GrpcStream>();
        for (var i = 0; i < 10; i++)
        {
            calls.Add(new GrpcStream(server.Process.Grpc, Path));
            await calls[^1].SendAsync(Request("textPayload:hello"));
        }

        foreach (var call in calls)
        {
            await FirstAsync(call, "INFO", "hello");
        }

        await using (var excess = new GrpcStream(server.Process.Grpc, Path))
        {
            await excess.SendAsync(Request(""));
            (await excess.StatusAsync()).Status.ShouldBe(8);
        }

        await calls[0].DisposeAsync();
        await Poll.UntilAsync(
            async () =>
            {
                await using var again = new GrpcStream(server.Process.Grpc, Path);
                await again.SendAsync(Request("textPayload:hello"));
                var first = again.ReadAsync<TailLogEntriesResponse>();
                while (!first.IsCompleted)
                {
                    await WriteAsync("hello", "INFO");
                }

                return await first is not null;
            },
            "the ended tail to make room"
        );
        foreach (var call in calls.Skip(1))
        {
            await call.DisposeAsync();
        }
    }

    [Fact]
    public async Task over_rest_a_tail_is_an_array_that_grows()
    {
        using var http = new HttpClient();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Process.Http + "/v2/entries:tail")
        {
            Content = new StringContent(
                new JsonObject { ["resourceNames"] = new JsonArray($"projects/{Project}"), ["bufferWindow"] = "0s" }.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        var sending = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        await Poll.UntilAsync(
            async () =>
            {
                await WriteAsync("by rest", "INFO");
                return sending.IsCompleted;
            },
            "the tail to begin"
        );

        using var response = await sending;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop.Token));
        (await reader.ReadLineAsync(stop.Token)).ShouldNotBeNull().ShouldContain("by rest");
    }

    private TailLogEntriesRequest Request(string filter, TimeSpan? window = null) =>
        new()
        {
            ResourceNames = { $"projects/{Project}" },
            Filter = filter,
            BufferWindow = Duration.FromTimeSpan(window ?? TimeSpan.Zero),
        };

    /// <summary>Writes entries until the tail has begun and gives one; then none of them is left to come.</summary>
    private async Task FirstAsync(GrpcStream call, string severity, string text = "first")
    {
        var first = call.ReadAsync<TailLogEntriesResponse>();
        await Poll.UntilAsync(
            async () =>
            {
                if (!first.IsCompleted)
                {
                    await WriteAsync(text, severity);
                }

                return first.IsCompleted;
            },
            "the tail to begin"
        );
        (await first).ShouldNotBeNull();
        await WriteAsync("mark " + text, severity);
        while ((await call.ReadAsync<TailLogEntriesResponse>())!.Entries.All(static entry => !entry.TextPayload.StartsWith("mark "))) { }
    }

    private static async Task<List<string>> TextsAsync(GrpcStream call, int count)
    {
        var texts = new List<string>();
        while (texts.Count < count && await call.ReadAsync<TailLogEntriesResponse>() is { } reply)
        {
            texts.AddRange(reply.Entries.Select(static entry => entry.TextPayload));
        }

        return texts;
    }

    private Task WriteAsync(string text, string severity, string? time = null)
    {
        var entry = new JsonObject { ["textPayload"] = text, ["severity"] = severity };
        if (time is not null)
        {
            entry["timestamp"] = time;
        }

        return _client.SendAsync(
            HttpMethod.Post,
            "/v2/entries:write",
            new JsonObject
            {
                ["logName"] = $"projects/{Project}/logs/app",
                ["resource"] = new JsonObject { ["type"] = "global" },
                ["entries"] = new JsonArray(entry),
            }
        );
    }
}
