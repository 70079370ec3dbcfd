using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Server.Tests.Bugs;

/// <summary>On a full disk every answer was 500, and nothing could be deleted to make room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Artifacts = "/v1/projects/p/locations/us-central1/metadataStores/default/artifacts";

    private readonly ScratchDirectory scratch = new();
    private bool mounted;

    public void Dispose()
    {
        if (mounted)
        {
            Run("umount", "-l", scratch["disk"]);
        }

        scratch.Dispose();
    }

    [Fact]
    public async Task a_full_disk_is_said_at_every_door_deletions_go_through_and_room_heals_it()
    {
        Directory.CreateDirectory(scratch["disk"]);
        mounted = Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", scratch["disk"]);
        Assert.SkipUnless(mounted, "A small file system cannot be mounted here.");
        await using var server = await CairnServer.StartAsync(RunningServer.Options(scratch["disk/data"]));
        using var client = new RestClient(server.HttpUrl.ToString().TrimEnd('/'));
        using var admin = new RestClient(server.HttpUrl.ToString().TrimEnd('/'), await RunningServer.AdministratorAsync(scratch["disk/data"]));
        await client.CreateBucketAsync("full");
        await client.UploadAsync("full", "kept", new byte[1 << 20]);
        var names = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            names.Add((string)(await client.PostAsync(Artifacts, new { displayName = "a", description = new string('x', 8_000) }))["name"]!);
        }

        var filler = scratch["disk/filler"];
        Fill(filler);

        // The first of these finds out, if the watch has not yet.
        await MustBeFullAsync(client, HttpMethod.Post, Artifacts, new { displayName = "b" }, untilFull: true);
        await MustBeFullAsync(client, HttpMethod.Post, RestClient.UploadPath("full", "more"), new ByteArrayContent(new byte[4 << 20]));
        await MustBeFullAsync(client, HttpMethod.Post, "/storage/v1/b?project=p", new { name = "another" });
        await MustBeFullAsync(client, HttpMethod.Post, "/api/2.0/mlflow/experiments/create", new { name = "e" });
        await MustBeFullAsync(client, HttpMethod.Post, "/v2/entries:write", JsonNode.Parse("""{"entries":[{"logName":"projects/p/logs/a","textPayload":"x"}]}""")!);
        await MustBeFullAsync(client, HttpMethod.Post, "/v1/projects/p/models", new { name = "m1" });
        await MustBeFullAsync(admin, HttpMethod.Post, "/cairn/v1/tokens", new { name = "t" });
        using (var grpc = new GrpcClient(server.GrpcAddress))
        {
            var create = new CreateArtifactRequest { Parent = Artifacts[4..^10], Artifact = new Artifact { DisplayName = "g" } };
            (await grpc.CallAsync("/google.cloud.aiplatform.v1.MetadataService/CreateArtifact", create)).Status.ShouldBe((int)Google.Rpc.Code.ResourceExhausted);
        }

        ((string)(await client.GetAsync("/healthz"))["text"]!).ShouldStartWith("degraded");
        (await client.GetAsync(Artifacts))["artifacts"]!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(20);
        foreach (var name in names)
        {
            await client.EndAsync(await client.SendAsync(HttpMethod.Delete, "/v1/" + name));
        }

        (await client.TrySendAsync(HttpMethod.Delete, RestClient.ObjectPath("full", "kept"))).Status.ShouldBe(HttpStatusCode.NoContent);

        File.Delete(filler);
        await Poll.UntilAsync(async () => ((string)(await client.GetAsync("/healthz"))["text"]!).StartsWith("ok", StringComparison.Ordinal), "the server to be well again");
        await client.PostAsync(Artifacts, new { displayName = "c" });
        File.Exists(scratch["disk/data/reserve"]).ShouldBeTrue();
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

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = new byte[1 << 20]; piece.Length > 0;)
        {
            try
            {
                file.Write(piece);
            }
            catch (IOException)
            {
                piece = new byte[piece.Length / 4];
            }
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
