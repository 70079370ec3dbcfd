using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Jobs;

public sealed class GcloudCustomJobsTests(JobsServer server) : IClassFixture<JobsServer>
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    [Fact]
    public async Task a_python_package_is_submitted_described_listed_and_its_log_streamed()
    {
        var gcloud = server.Gcloud();
        await server.UploadAsync(
            "trainer-0.1.tar.gz",
            Package("import sys; print('trained with', *sys.argv[1:]); print('a warning', file=sys.stderr)")
        );

        var name = await gcloud.RunAsync(
            "ai",
            "custom-jobs",
            "create",
            "--region=us-central1",
            "--display-name=by-flags",
            $"--python-package-uris=gs://{JobsServer.Bucket}/trainer-0.1.tar.gz",
            $"--worker-pool-spec=replica-count=1,machine-type=n1-standard-4,executor-image-uri={Image},python-module=trainer.task",
            "--args=--epochs=3",
            "--labels=team=red",
            "--format=value(name)"
        );

        var job = await EndAsync(gcloud, name);
        ((string)job["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", job.ToJsonString());
        ((string)job["displayName"]!).ShouldBe("by-flags");
        (
            await gcloud.RunAsync(
                "ai",
                "custom-jobs",
                "list",
                "--region=us-central1",
                "--filter=displayName=by-flags",
                "--format=value(name)"
            )
        ).ShouldBe(name);

        // It leaves out what is younger than five seconds, so what it prints is polled for.
        var log = "";
        await Poll.UntilAsync(
            async () =>
                (
                    log = await gcloud.RunAsync("ai", "custom-jobs", "stream-logs", name, "--region=us-central1", "--polling-interval=5")
                ).Contains("trained with"),
            "the log to be streamed",
            TimeSpan.FromSeconds(120)
        );
        log.ShouldContain("INFO");
        log.ShouldContain("trained with --epochs=3");
        log.ShouldContain("ERROR");
        log.ShouldContain("a warning");
        (
            await gcloud.RunAsync(
                "logging",
                "read",
                $"resource.labels.job_id=\"{name.Split('/')[^1]}\" AND jsonPayload.message:trained",
                "--format=value(jsonPayload.message)"
            )
        ).ShouldBe("trained with --epochs=3");
    }

    [Fact]
    public async Task the_log_of_a_running_job_is_streamed_to_its_end()
    {
        var gcloud = server.Gcloud();
        await server.UploadAsync(
            "waiter-0.1.tar.gz",
            SourcePackage.Tar(
                "waiter",
                (
                    "waiter.py",
                    $"""
                    import os, time, urllib.request
                    print("waiting", flush=True)
                    ask = urllib.request.Request(os.environ["CAIRN_ENDPOINT"] + "/storage/v1/b/{JobsServer.Bucket}/o/go", headers=dict(Authorization="Bearer " + os.environ["CAIRN_TOKEN"]))
                    while True:
                        try:
                            urllib.request.urlopen(ask)
                            break
                        except urllib.error.HTTPError:
                            time.sleep(0.2)
                    print("told to go on", flush=True)
                    """
                )
            )
        );
        var name = await gcloud.RunAsync(
            "ai",
            "custom-jobs",
            "create",
            "--region=us-central1",
            "--display-name=streamed",
            $"--python-package-uris=gs://{JobsServer.Bucket}/waiter-0.1.tar.gz",
            $"--worker-pool-spec=replica-count=1,machine-type=n1-standard-4,executor-image-uri={Image},python-module=waiter",
            "--format=value(name)"
        );

        await using var stream = gcloud.Start("ai", "custom-jobs", "stream-logs", name, "--region=us-central1", "--polling-interval=1");
        await Poll.UntilAsync(() => stream.Output.Contains("waiting"), "the first line of the running job");
        ((string)(await server.Rest.GetAsync("/v1/" + name))["state"]!).ShouldBe("JOB_STATE_RUNNING");
        stream.Output.ShouldNotContain("told to go on");
        await server.UploadAsync("go", []);

        // It asks for the job's state once, at its start, so it follows a job that was running then until it is interrupted.
        await Poll.UntilAsync(() => stream.Output.Contains("told to go on"), "the last line");
        ((string)(await server.Rest.GetAsync("/v1/" + name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
    }

    [Fact]
    public async Task a_job_from_a_file_is_cancelled()
    {
        var gcloud = server.Gcloud();
        var config = server.Files["job.yaml"];
        await File.WriteAllTextAsync(
            config,
            $"""
            workerPoolSpecs:
              machineSpec:
                machineType: n1-standard-4
              replicaCount: 1
              containerSpec:
                imageUri: {Image}
                command: ["python3", "-c"]
                args: ["import time; time.sleep(600)"]
            """
        );
        var name = await gcloud.RunAsync(
            "ai",
            "custom-jobs",
            "create",
            "--region=us-central1",
            "--display-name=by-file",
            $"--config={config}",
            "--format=value(name)"
        );

        await gcloud.RunAsync("ai", "custom-jobs", "cancel", name, "--region=us-central1");

        ((string)(await EndAsync(gcloud, name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
    }

    [Fact]
    public async Task a_refusal_is_told_in_the_servers_sentence() =>
        (
            await server
                .Gcloud()
                .FailAsync(
                    "ai",
                    "custom-jobs",
                    "create",
                    "--region=us-central1",
                    "--display-name=bad",
                    $"--python-package-uris=gs://{JobsServer.Bucket}/trainer.exe",
                    $"--worker-pool-spec=replica-count=1,machine-type=n1-standard-4,executor-image-uri={Image},python-module=trainer.task"
                )
        ).ShouldContain("which is no Python package");

    private static async Task<JsonNode> EndAsync(ClientProgram gcloud, string name)
    {
        JsonNode job = null!;
        await Poll.UntilAsync(
            async () =>
            {
                job = JsonNode.Parse(
                    await gcloud.RunAsync("ai", "custom-jobs", "describe", name, "--region=us-central1", "--format=json")
                )!;
                return (string)job["state"]! is "JOB_STATE_SUCCEEDED" or "JOB_STATE_FAILED" or "JOB_STATE_CANCELLED";
            },
            $"{name} to end",
            TimeSpan.FromSeconds(120)
        );
        return job;
    }

    private static byte[] Package(string code) =>
        SourcePackage.Tar("trainer", ("setup.py", ""), ("trainer/__init__.py", ""), ("trainer/task.py", code));
}
