using System.Net;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Tests.Executors;
using Cairn.Jobs.Tests.Executors.Kubernetes;
using Cairn.Testing;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>An agent took 507 for the last word, and a full disk of its own for the end: outputs, logs and ends of jobs were
/// lost.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task what_a_task_wrote_waits_for_room_on_the_server()
    {
        var answers = new Queue<HttpStatusCode>([
            HttpStatusCode.InsufficientStorage,
            HttpStatusCode.ServiceUnavailable,
            HttpStatusCode.InsufficientStorage,
            HttpStatusCode.OK,
        ]);
        using var server = new AcceptingServer(() => answers.TryDequeue(out var next) ? next : HttpStatusCode.OK);
        var gang = Gangs.Write(_scratch["jobs"], [1], record => record with { Endpoint = server.Url, EndpointFile = _scratch["none"] });
        using var client = new ServerClient(gang.Replicas[0].Record, gang.Replicas[0].Directory.TokenFile, TimeProvider.System);

        await new ObjectClient(client).UploadAsync(new Data.GsUri("b", "o"), static () => new MemoryStream([1]), default);

        answers.ShouldBeEmpty();
    }

    [Fact]
    public async Task lines_wait_for_room_on_the_disk_and_none_is_lost()
    {
        using var disk = SmallDisk.TryMount(1);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        using var spool = new LogSpool(disk["spool"], 1, "w", long.MaxValue, TimeProvider.System);
        disk.Fill();

        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                spool.Add(LogSeverity.Info, $"line {i}, which is not short");
            }

            spool.Flush();
        });
        await Poll.UntilAsync(() => writing.Status == TaskStatus.Running, "the writer to begin");
        disk.Free();
        await writing;

        LogSpool.Read(disk["spool"], 0, 1 << 20).Lines.Count().ShouldBe(10_000);
        spool.Discarded.ShouldBe(0);
    }

    [Fact]
    public async Task a_job_ends_on_a_full_disk_and_its_last_lines_are_kept()
    {
        using var disk = SmallDisk.TryMount(96);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        await using var server = await ServerProcess.StartAsync(
            data: disk["data"],
            arguments: ["--pip-index", "none", "--job-disk", "off"]
        );
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("go", "x"u8.ToArray());
        var name = await client.SubmitAsync(
            JobsClient.Python(
                $"""
                import os, time, urllib.error, urllib.request
                print("ready")
                request = urllib.request.Request(os.environ["CAIRN_ENDPOINT"] + "/storage/v1/b/{JobsClient.Bucket}/o/go", headers=dict(Authorization="Bearer " + os.environ["CAIRN_TOKEN"]))
                while True:
                    try:
                        urllib.request.urlopen(request)
                        time.sleep(0.1)
                    except urllib.error.HTTPError as e:
                        print("gone", e.code)
                        break
                """
            )
        );
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Contains("ready"), "the job to run");

        disk.Fill();
        await Poll.UntilAsync(
            async () =>
                (
                    await client.TrySendAsync(HttpMethod.Post, "/storage/v1/b?project=demo", new() { ["name"] = $"b{Guid.NewGuid():n}" })
                ).Status == HttpStatusCode.InsufficientStorage,
            "the disk to be full"
        );
        (await client.TrySendAsync(HttpMethod.Delete, $"/storage/v1/b/{JobsClient.Bucket}/o/go")).Status.ShouldBe(HttpStatusCode.NoContent);

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(name)).ShouldBe(["ready", "gone 404"]);
    }
}
