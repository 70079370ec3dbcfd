using System.Net;
using System.Text.Json.Nodes;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.Logging.V2;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Server.Tests.Bugs;

/// <summary>JSON that nests deep came in, and its whole collection could never be read again.</summary>
public sealed class NestedJsonTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const string Location = "/v1/projects/nested/locations/us-central1";
    private const string Nodes = Location + "/metadataStores/default";

    private readonly RestClient _client = new(server.Server.HttpUrl.ToString().TrimEnd('/'));

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("artifacts", "")]
    [InlineData("executions", "")]
    [InlineData("contexts", "")]
    [InlineData("models", "model")]
    public async Task what_is_accepted_can_be_read_listed_changed_and_deleted_and_the_rest_is_refused(string collection, string within)
    {
        var parent = within.Length > 0 ? Location : Nodes;
        var (accepted, refused) = (new List<string>(), 0);
        foreach (var levels in (int[])[10, 24, 25, 26, 33, 38, 39, 48, 49, 64, 98, 99, 200])
        {
            foreach (var lists in (bool[])[true, false])
            {
                var body = new JsonObject
                {
                    ["displayName"] = "n",
                    ["metadata"] = new JsonObject
                    {
                        ["deep"] = JsonNode.Parse(Deep(levels, lists), documentOptions: new() { MaxDepth = 500 }),
                    },
                };
                if (within.Length > 0)
                {
                    body["containerSpec"] = JsonNode.Parse(
                        """{"imageUri":"example.com/server:1","predictRoute":"/p","healthRoute":"/h"}"""
                    );
                    body = new JsonObject { [within] = body };
                }

                var text = new StringContent(body.ToJsonString(new() { MaxDepth = 500 }), System.Text.Encoding.UTF8, "application/json");
                var (status, answer) = await _client.TrySendAsync(
                    HttpMethod.Post,
                    parent + "/" + collection + (within.Length > 0 ? ":upload" : ""),
                    text
                );
                if (status == HttpStatusCode.BadRequest)
                {
                    levels.ShouldBeGreaterThan(20);
                    refused++;
                    continue;
                }

                status.ShouldBe(HttpStatusCode.OK, $"{levels} {answer.ToJsonString()}");
                accepted.Add((string?)answer["response"]?["model"] ?? (string)answer["name"]!);
            }
        }

        refused.ShouldBeGreaterThan(0);
        accepted.Count.ShouldBeGreaterThan(3);
        await MustAllWorkAsync(parent, collection, accepted);
    }

    [Fact]
    public async Task log_entries_that_are_accepted_can_be_listed()
    {
        var accepted = 0;
        foreach (var levels in (int[])[10, 24, 26, 38, 40, 48, 64, 98, 200])
        {
            foreach (var lists in (bool[])[true, false])
            {
                var entry =
                    $$$"""{"entries":[{"logName":"projects/nested/logs/deep","resource":{"type":"global"},"jsonPayload":{"deep":{{{Deep(levels, lists)}}}}}]}""";
                var (status, answer) = await _client.TrySendAsync(
                    HttpMethod.Post,
                    "/v2/entries:write",
                    new StringContent(entry, System.Text.Encoding.UTF8, "application/json")
                );
                status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
                accepted += status == HttpStatusCode.OK ? 1 : 0;
            }
        }

        var listed = await server.Grpc.CallAsync(
            "/google.logging.v2.LoggingServiceV2/ListLogEntries",
            new ListLogEntriesRequest
            {
                ResourceNames = { "projects/nested" },
                Filter = "logName=\"projects/nested/logs/deep\"",
                PageSize = 100,
            }
        );
        listed.As<ListLogEntriesResponse>().Entries.Count.ShouldBe(accepted);
        (await _client.PostAsync("/v2/entries:list", new { resourceNames = new[] { "projects/nested" } }))["entries"].ShouldNotBeNull();
    }

    [Fact]
    public async Task rows_of_earlier_versions_that_nest_deeper_are_read_listed_changed_and_deleted()
    {
        const string Parent = "/v1/projects/old/locations/us-central1/metadataStores/default";
        var name = (string)(await _client.PostAsync(Parent + "/artifacts?artifactId=old", new { displayName = "old" }))["name"]!;
        await _client.PostAsync(
            "/v2/entries:write",
            JsonNode.Parse("""{"entries":[{"logName":"projects/old/logs/x","resource":{"type":"global"},"jsonPayload":{"a":1}}]}""")!
        );
        var deep = Nested(98);
        await using (var beside = new SqliteDatabase(Path.Combine(server.Data, "cairn.db")))
        {
            await beside.WriteAsync(session =>
            {
                Change(
                    session,
                    "resources",
                    $"name = '{name}'",
                    body => new Artifact(Google.Cloud.AIPlatform.V1.Artifact.Parser.ParseFrom(body)) { Metadata = deep }
                );
                Change(
                    session,
                    "log_entries",
                    "project = 'old'",
                    body => new LogEntry(LogEntry.Parser.ParseFrom(body)) { JsonPayload = deep }
                );
                Change(
                    session,
                    "log_entries",
                    "project = 'old'",
                    body => new LogEntry(Cairn.Kernel.Store.StoredMessage.Read(LogEntry.Parser, body)) { Labels = { ["kept"] = "1" } }
                );
                return true;
            });
        }

        await MustAllWorkAsync(Parent, "artifacts", [name]);
        (await _client.PostAsync("/v2/entries:list", new { resourceNames = new[] { "projects/old" }, filter = "labels.kept=1" }))[
            "entries"
        ]!
            .AsArray()
            .Count.ShouldBe(1);
    }

    [Fact]
    public async Task what_is_packed_must_be_what_it_says_it_is()
    {
        var entry = new LogEntry
        {
            LogName = "projects/packed/logs/x",
            ProtoPayload = new Any
            {
                TypeUrl = "type.googleapis.com/google.protobuf.Struct",
                Value = ByteString.CopyFrom(0xFF, 0xFF, 0xFF),
            },
        };
        (
            await server.Grpc.CallAsync(
                "/google.logging.v2.LoggingServiceV2/WriteLogEntries",
                new WriteLogEntriesRequest { Entries = { entry } }
            )
        ).Status.ShouldBe(3);

        await using (var beside = new SqliteDatabase(Path.Combine(server.Data, "cairn.db")))
        {
            await _client.PostAsync(
                "/v2/entries:write",
                JsonNode.Parse("""{"entries":[{"logName":"projects/packed/logs/x","resource":{"type":"global"},"textPayload":"a"}]}""")!
            );
            await beside.WriteAsync(session =>
            {
                Change(
                    session,
                    "log_entries",
                    "project = 'packed'",
                    body => new LogEntry(LogEntry.Parser.ParseFrom(body)) { ProtoPayload = entry.ProtoPayload }
                );
                return true;
            });
        }

        (
            await _client.PostAsync(
                "/v2/entries:list",
                new { resourceNames = new[] { "projects/packed" }, filter = "protoPayload:\"x\" OR severity>=DEFAULT" }
            )
        )["entries"]!
            .AsArray()
            .Count.ShouldBe(1);
    }

    private async Task MustAllWorkAsync(string parent, string collection, List<string> names)
    {
        (await _client.GetAsync($"{parent}/{collection}"))[collection]!.AsArray().Count.ShouldBe(names.Count);
        foreach (var name in names)
        {
            await _client.GetAsync("/v1/" + name);
            var changed = await _client.SendAsync(HttpMethod.Patch, $"/v1/{name}?updateMask=displayName", new { displayName = "changed" });
            ((string)changed["displayName"]!).ShouldBe("changed");
        }

        foreach (var name in names)
        {
            (await _client.EndAsync(await _client.SendAsync(HttpMethod.Delete, "/v1/" + name)))["error"].ShouldBeNull();
        }

        (await _client.GetAsync($"{parent}/{collection}"))[collection].ShouldBeNull();
    }

    private static void Change(ISqlSession session, string table, string where, Func<byte[], IMessage> change)
    {
        var body = session
            .QueryFirst($"SELECT body FROM {table} WHERE {where}", static row => row.GetFieldValue<byte[]>(0))
            .ShouldNotBeNull();
        session.Execute($"UPDATE {table} SET body = $1 WHERE {where}", change(body).ToByteArray()).ShouldBe(1);
    }

    private static Struct Nested(int levels)
    {
        var value = Value.ForString("x");
        for (var i = 0; i < levels; i++)
        {
            value = i % 2 == 0 ? Value.ForList(value) : Value.ForStruct(new Struct { Fields = { ["k"] = value } });
        }

        return new Struct { Fields = { ["deep"] = value } };
    }

    private static string Deep(int levels, bool lists) =>
        lists
            ? new string('[', levels) + "1" + new string(']', levels)
            : string.Concat(Enumerable.Repeat("{\"k\":", levels)) + "1" + new string('}', levels);
}
