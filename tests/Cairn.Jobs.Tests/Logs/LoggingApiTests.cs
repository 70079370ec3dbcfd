using System.Text.Json.Nodes;

namespace Cairn.Jobs.Tests.Logs;

public sealed class LoggingApiTests(Server server)
{
    private readonly JobsClient _client = new(server.Process, "logging-" + Guid.NewGuid().ToString("n")[..8]);

    private string Project => _client.Parent.Split('/')[1];

    [Fact]
    public async Task what_is_written_is_listed_in_order_and_once()
    {
        var write = Write("app", 250);
        await _client.SendAsync(HttpMethod.Post, "/v2/entries:write", write);
        await _client.SendAsync(HttpMethod.Post, "/v2/entries:write", write.DeepClone().AsObject());

        (await ListAsync("", "timestamp asc", 100)).ShouldBe(Enumerable.Range(0, 250).Select(i => $"line {i}"));
        (await ListAsync("", "timestamp desc", 99)).ShouldBe(Enumerable.Range(0, 250).Reverse().Select(i => $"line {i}"));
        (await ListAsync("severity>=ERROR", "", 7)).Count.ShouldBe(25);
        (await ListAsync("textPayload=~\"^line 1.$\"", "", 1000)).Count.ShouldBe(10);
    }

    [Fact]
    public async Task logs_are_listed_and_deleted()
    {
        await _client.SendAsync(HttpMethod.Post, "/v2/entries:write", Write("one", 2));
        await _client.SendAsync(HttpMethod.Post, "/v2/entries:write", Write("two%2Fpart", 2));

        var logs = await _client.SendAsync(HttpMethod.Get, $"/v2/projects/{Project}/logs");
        logs["logNames"]!
            .AsArray()
            .Select(name => (string)name!)
            .ShouldBe([$"projects/{Project}/logs/one", $"projects/{Project}/logs/two%2Fpart"]);
        await _client.SendAsync(HttpMethod.Delete, $"/v2/projects/{Project}/logs/one");

        (await ListAsync("log_id(one)", "", 100)).ShouldBeEmpty();
        (await ListAsync("", "", 100)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"resourceNames":["folders/1"]}""", "folders/1")]
    [InlineData("""{"resourceNames":["projects/p"],"orderBy":"severity"}""", "order_by")]
    [InlineData("""{"resourceNames":["projects/p"],"pageSize":-1}""", "page_size")]
    [InlineData("""{"resourceNames":["projects/p"],"pageToken":"forged"}""", "page_token")]
    [InlineData("""{"resourceNames":["projects/p"],"filter":"severity>=LOUD"}""", "LOUD")]
    public async Task a_bad_listing_is_refused_with_a_sentence(string body, string part)
    {
        var (status, reply) = await _client.TrySendAsync(HttpMethod.Post, "/v2/entries:list", JsonNode.Parse(body)!.AsObject());

        ((int)status).ShouldBe(400);
        ((string)reply["error"]!["message"]!).ShouldContain(part);
    }

    private JsonObject Write(string log, int count)
    {
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return new JsonObject
        {
            ["logName"] = $"projects/{Project}/logs/{log}",
            ["resource"] = new JsonObject { ["type"] = "global" },
            ["entries"] = new JsonArray([
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new JsonObject
                    {
                        ["insertId"] = $"{i:d6}",
                        ["timestamp"] = time.AddSeconds(i / 10).ToString("O"),
                        ["severity"] = i % 10 == 0 ? "ERROR" : "INFO",
                        ["textPayload"] = $"line {i}",
                    }),
            ]),
        };
    }

    private async Task<List<string>> ListAsync(string filter, string order, int pageSize)
    {
        var lines = new List<string>();
        var token = "";
        do
        {
            var page = await _client.SendAsync(
                HttpMethod.Post,
                "/v2/entries:list",
                new JsonObject
                {
                    ["resourceNames"] = new JsonArray($"projects/{Project}"),
                    ["filter"] = filter,
                    ["orderBy"] = order,
                    ["pageSize"] = pageSize,
                    ["pageToken"] = token,
                }
            );
            var entries = page["entries"]?.AsArray() ?? [];
            entries.Count.ShouldBeLessThanOrEqualTo(pageSize);
            lines.AddRange(entries.Select(entry => (string)entry!["textPayload"]!));
            token = (string?)page["nextPageToken"] ?? "";
        } while (token.Length > 0);
        return lines;
    }
}
