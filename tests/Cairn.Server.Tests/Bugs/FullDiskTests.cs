using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Server.Tests.Bugs;

/// <summary>On a full disk every answer was 500, and nothing could be deleted to make room.</summary>
public sealed class FullDiskTests
{
    private const string Artifacts = "/v1/projects/p/locations/us-central1/metadataStores/default/artifacts";

    [Fact]
    public async Task a_full_disk_is_said_at_every_door_deletions_go_through_and_room_heals_it()
    {
        using var disk = SmallDisk.TryMount(48);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        await using var server = await CairnServer.StartAsync(RunningServer.Options(disk["data"]));
        using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
        using var admin = new RestClient(server.HttpUrl.ToString().TrimEnd('/'), await RunningServer.AdministratorAsync(disk["data"]));
        await client.CreateBucketAsync("full");
        await client.UploadAsync("full", "kept", new byte[1 << 20]);
        var names = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            names.Add(
                (string)(await client.PostAsync(Artifacts, new { displayName = "a", description = new string('x', 8_000) }))["name"]!
            );
        }

        disk.Fill();

        // The first of these finds out, if the watch has not yet.
        await MustBeFullAsync(client, HttpMethod.Post, Artifacts, new { displayName = "b" }, untilFull: true);
        await MustBeFullAsync(client, HttpMethod.Post, RestClient.UploadPath("full", "more"), new ByteArrayContent(new byte[4 << 20]));
        await MustBeFullAsync(client, HttpMethod.Post, "/storage/v1/b?project=p", new { name = "another" });
        await MustBeFullAsync(client, HttpMethod.Post, "/api/2.0/mlflow/experiments/create", new { name = "e" });
        await MustBeFullAsync(
            client,
            HttpMethod.Post,
            "/v2/entries:write",
            JsonNode.Parse("""{"entries":[{"logName":"projects/p/logs/a","textPayload":"x"}]}""")!
        );
        await MustBeFullAsync(client, HttpMethod.Post, "/v1/projects/p/models", new { name = "m1" });
        await MustBeFullAsync(admin, HttpMethod.Post, "/cairn/v1/tokens", new { name = "t" });
        using (var grpc = new GrpcClient(server.GrpcAddress))
        {
            var create = new CreateArtifactRequest
            {
                Parent = Artifacts[4..^10],
                Artifact = new Artifact { DisplayName = "g" },
            };
            (await grpc.CallAsync("/google.cloud.aiplatform.v1.MetadataService/CreateArtifact", create)).Status.ShouldBe(
                (int)Google.Rpc.Code.ResourceExhausted
            );
        }

        ((string)(await client.GetAsync("/healthz"))["text"]!).ShouldStartWith("degraded");
        (await client.GetAsync(Artifacts))["artifacts"]!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(20);
        foreach (var name in names)
        {
            await client.EndAsync(await client.SendAsync(HttpMethod.Delete, "/v1/" + name));
        }

        (await client.TrySendAsync(HttpMethod.Delete, RestClient.ObjectPath("full", "kept"))).Status.ShouldBe(HttpStatusCode.NoContent);

        disk.Free();
        await Poll.UntilAsync(
            async () => ((string)(await client.GetAsync("/healthz"))["text"]!).StartsWith("ok", StringComparison.Ordinal),
            "the server to be well again"
        );
        await client.PostAsync(Artifacts, new { displayName = "c" });
        File.Exists(disk["data/reserve"]).ShouldBeTrue();
    }

    private static async Task MustBeFullAsync(RestClient client, HttpMethod method, string path, object body, bool untilFull = false)
    {
        var (status, answer) = await client.TrySendAsync(method, path, body);
        for (var tries = 0; untilFull && status == HttpStatusCode.OK && tries < 2_000; tries++)
        {
            // There may be some pages left in the log.
            (status, answer) = await client.TrySendAsync(method, path, body);
        }

        status.ShouldBe(HttpStatusCode.InsufficientStorage, $"{path}: {answer.ToJsonString()}");
        answer.ToJsonString().ShouldContain("full");
    }
}
