using System.Text.Json.Nodes;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.Logging.V2;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Server.Tests.Bugs;

/// <summary>
/// Messages that are well-formed, and that no generated code writes: what was made of them could be stored, and its collection not be read
/// again.
/// </summary>
public sealed class WireFormTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const string Create = "/google.cloud.aiplatform.v1.MetadataService/CreateArtifact";

    // A group of a field that there is not, with a varint in it; the display name (2) as a varint; the metadata (16) as four bytes.
    private static readonly byte[] Unknown = [0xA3, 0x06, 0x08, 1, 0xA4, 0x06, 0x10, 1, 0x85, 0x01, 1, 2, 3, 4];

    private readonly RestClient _client = new(server.Server.HttpUrl.ToString().TrimEnd('/'));

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_field_in_a_form_that_protobuf_does_not_have_is_refused()
    {
        foreach (var tag in (byte[])[0x16, 0x17, 0x0E])
        {
            // `metadata` is an object with a member `a`, which is a list with nothing but the tag in it.
            (await CreateAsync("forms", [0x82, 0x01, 10, 0x0A, 8, 0x0A, 1, (byte)'a', 0x12, 3, 0x32, 1, tag])).ShouldBe(3, $"{tag:X2}");
        }
    }

    [Fact]
    public async Task fields_that_are_unknown_are_not_kept_and_leave_what_is_stored_readable()
    {
        (await CreateAsync("unknown", [.. new Artifact { Labels = { ["a"] = "b" } }.ToByteArray(), .. Unknown])).ShouldBe(0);
        await MustListAsync("unknown", 1);

        await using var beside = new SqliteDatabase(Path.Combine(server.Data, "cairn.db"));
        await beside.WriteAsync(session =>
        {
            var body = session
                .QueryFirst(
                    "SELECT body FROM resources WHERE name LIKE '%projects/unknown/%/artifacts/%'",
                    static row => row.GetFieldValue<byte[]>(0)
                )
                .ShouldNotBeNull();
            Artifact
                .Parser.ParseFrom(body)
                .ToByteArray()
                .ShouldBe(Artifact.Parser.WithDiscardUnknownFields(true).ParseFrom(body).ToByteArray());
            session
                .Execute("UPDATE resources SET body = $1 WHERE name LIKE '%projects/unknown/%/artifacts/%'", (byte[])[.. body, .. Unknown])
                .ShouldBe(1);
            return true;
        });
        await MustListAsync("unknown", 1);
    }

    [Fact]
    public async Task what_is_packed_may_have_its_fields_in_any_order_and_twice()
    {
        byte[] entry = [0x12, 1, (byte)'v', 0x0A, 1, (byte)'k'];
        // A label (10), the display name (2), the label and the name again, and what is unknown.
        byte[] packed = [0x52, 6, .. entry, 0x12, 1, (byte)'x', 0x52, 6, .. entry, 0x12, 1, (byte)'y', .. Unknown];
        var write = new WriteLogEntriesRequest
        {
            Entries =
            {
                new LogEntry
                {
                    LogName = "projects/packing/logs/x",
                    ProtoPayload = new Any
                    {
                        TypeUrl = "type.googleapis.com/google.cloud.aiplatform.v1.Artifact",
                        Value = ByteString.CopyFrom(packed),
                    },
                },
            },
        };
        (await server.Grpc.CallAsync("/google.logging.v2.LoggingServiceV2/WriteLogEntries", write)).Status.ShouldBe(0);

        var payload = (await _client.PostAsync("/v2/entries:list", new { resourceNames = new[] { "projects/packing" } }))["entries"]![0]![
            "protoPayload"
        ]!;

        payload["displayName"]!.ToString().ShouldBe("y");
        payload["labels"]!.ToJsonString().ShouldBe("""{"k":"v"}""");
    }

    [Fact]
    public async Task a_sentence_that_repeats_a_long_name_fits_into_a_header()
    {
        foreach (var name in (string[])[new string('a', 70_000), string.Concat(Enumerable.Repeat("\U0001F426", 20_000))])
        {
            var reply = await server.Grpc.CallAsync(
                "/google.cloud.aiplatform.v1.VizierService/LookupStudy",
                new LookupStudyRequest { Parent = name, DisplayName = "x" }
            );
            reply.Status.ShouldBe(3);
            reply.Message.Length.ShouldBeInRange(100, 2_100);
            reply.Message.ShouldEndWith("...");
            reply.Message.ShouldNotContain('\uFFFD');
        }
    }

    [Fact]
    public async Task an_operation_ends_whatever_its_failure_repeats()
    {
        // The filter is read by the operation, which fails with a sentence that has the NUL; the record of that was refused, and the
        // operation run again for ever.
        var operation = await _client.EndAsync(
            await _client.PostAsync(
                "/v1/projects/demo/locations/us-central1/metadataStores/default/artifacts:purge",
                new { filter = "a\0b=1" }
            )
        );

        ((string)operation["error"]!["message"]!).ShouldContain("names no field");
    }

    private async Task<int> CreateAsync(string project, byte[] artifact)
    {
        var request = new CreateArtifactRequest
        {
            Parent = $"projects/{project}/locations/us-central1/metadataStores/default",
        }.ToByteArray();
        return (await server.Grpc.SendAsync(Create, GrpcClient.Frame([.. request, 0x12, (byte)artifact.Length, .. artifact]))).Status;
    }

    private async Task MustListAsync(string project, int count) =>
        (
            (JsonArray)
                (await _client.GetAsync($"/v1/projects/{project}/locations/us-central1/metadataStores/default/artifacts"))["artifacts"]!
        ).Count.ShouldBe(count);
}
