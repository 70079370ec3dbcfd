using Cairn.Jobs.Tests.Executors;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Servers that are told to run jobs without bubblewrap or without overlayfs, as machines are that permit neither.</summary>
public sealed class PlainTests
{
    [Fact]
    public async Task without_a_sandbox_a_package_runs_finds_the_server_and_its_log_says_so()
    {
        await using var server = await ServerProcess.StartAsync(arguments: ["--job-sandbox", "off"]);
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("in.txt", "from the bucket"u8.ToArray());
        await client.UploadAsync(
            "t-0.1.tar.gz",
            SourcePackage.Tar(
                "t",
                (
                    "t.py",
                    $$"""
                    import os, sys, urllib.request
                    token = {"Authorization": "Bearer " + os.environ["CAIRN_TOKEN"]}
                    print(sys.argv[1], os.path.exists("/gcs"), os.environ["CLOUD_ML_PROJECT_ID"])
                    print(urllib.request.urlopen(urllib.request.Request(os.environ["CAIRN_ENDPOINT"] + "/storage/v1/b/{{JobsClient.Bucket}}/o/in.txt?alt=media", headers=token)).read().decode())
                    urllib.request.urlopen(urllib.request.Request(
                        os.environ["CAIRN_ENDPOINT"] + "/upload/storage/v1/b/{{JobsClient.Bucket}}/o?uploadType=media&name=out.txt", b"made plainly", token))
                    """
                )
            )
        );

        var name = await client.SubmitAsync(JobsClient.Package("t", [$"gs://{JobsClient.Bucket}/t-0.1.tar.gz"], "argument"));

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(name)).ShouldBe(["argument False demo", "from the bucket"]);
        (await client.LinesAsync(name, "service")).ShouldContain(line =>
            line.Contains("without a sandbox") && line.Contains("configured not to use one")
        );
        (await client.DownloadAsync("out.txt")).ShouldBe("made plainly");
    }

    [Fact]
    public async Task without_a_sandbox_a_job_survives_the_server_and_is_cancelled_with_all_it_started()
    {
        await using var server = await ServerProcess.StartAsync(arguments: ["--job-sandbox", "off"]);
        using var client = new JobsClient(server);
        var mark = "97" + Random.Shared.Next(1000, 9999);
        var name = await client.SubmitAsync(
            JobsClient.Python($"import subprocess; child = subprocess.Popen(['sleep', '{mark}']); print('on', flush=True); child.wait()")
        );
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Count > 0, "the job to begin");

        server.Kill();
        await server.RestartAsync();
        ((string)(await client.GetAsync(name))["state"]!).ShouldBe("JOB_STATE_RUNNING");
        await client.CancelAsync(name);

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        await Poll.UntilAsync(() => !IsRunning($"sleep\0{mark}\0"), "what the job started to be gone");
    }

    [Fact]
    public async Task without_overlays_a_job_reads_its_buckets_and_writes_its_output_only()
    {
        await using var server = await ServerProcess.StartAsync(arguments: ["--job-overlay", "off"]);
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("runs/in.txt", "input"u8.ToArray());
        var job = JobsClient.Python(
            $"""
            import os
            model = "/gcs/" + os.environ["AIP_MODEL_DIR"][len("gs://"):]
            os.makedirs(model)
            open(model + "/model.txt", "w").write(open("/gcs/{JobsClient.Bucket}/runs/in.txt").read() + " and more")
            try:
                open("/gcs/{JobsClient.Bucket}/runs/in.txt", "w")
            except OSError as error:
                print(error.strerror)
            """
        );
        job["jobSpec"]!["baseOutputDirectory"] = new System.Text.Json.Nodes.JsonObject
        {
            ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/runs/1",
        };

        var name = await client.SubmitAsync(job);

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(name)).ShouldBe(["Read-only file system"]);
        (await client.LinesAsync(name, "service")).ShouldContain(line =>
            line.Contains($"only gs://{JobsClient.Bucket}/runs/1 can be written")
        );
        (await client.DownloadAsync("runs/1/model/model.txt")).ShouldBe("input and more");
        (await client.DownloadAsync("runs/in.txt")).ShouldBe("input");
    }

    [Fact]
    public async Task without_overlays_a_container_reads_its_buckets_and_writes_its_output_only()
    {
        var image = await BusyboxImage.EnsureAsync();
        await using var server = await ServerProcess.StartAsync(arguments: ["--job-overlay", "off"]);
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("in.txt", "input"u8.ToArray());
        var job = JobsClient.Container(
            image,
            ["sh", "-c"],
            [
                $"cat /gcs/{JobsClient.Bucket}/in.txt > /gcs/{JobsClient.Bucket}/runs/copy.txt; echo no > /gcs/{JobsClient.Bucket}/in.txt || echo refused",
            ]
        );
        job["jobSpec"]!["baseOutputDirectory"] = new System.Text.Json.Nodes.JsonObject
        {
            ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/runs",
        };

        var name = await client.SubmitAsync(job);

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(name)).ShouldBe(
            [$"sh: can't create /gcs/{JobsClient.Bucket}/in.txt: Read-only file system", "refused"],
            ignoreOrder: true
        ); // two pipes: no order between them
        (await client.DownloadAsync("runs/copy.txt")).ShouldBe("input");
        (await client.DownloadAsync("in.txt")).ShouldBe("input");
    }

    private static bool IsRunning(string commandLine) =>
        Directory
            .GetDirectories("/proc")
            .Any(folder =>
            {
                try
                {
                    return char.IsAsciiDigit(Path.GetFileName(folder)[0])
                        && File.ReadAllText(Path.Combine(folder, "cmdline")) == commandLine;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return false;
                }
            });
}
