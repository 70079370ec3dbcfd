using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class CustomJobTests(OpenServer server) : IClassFixture<OpenServer>
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    [Fact]
    public async Task a_job_that_fails_ends_its_stream_with_its_reason_and_code_1()
    {
        RequireSklearn();
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(
            scratch["job.yaml"],
            $"""
            workerPoolSpecs:
            - machineSpec:
                machineType: n1-standard-4
              replicaCount: 1
              containerSpec:
                imageUri: {Image}
                command: [python3, -c, "print('before the end'); import sys; sys.exit(3)"]
            """
        );

        var run = await server.CairnAsync(
            "custom-jobs",
            "create",
            "--display-name=fails",
            $"--config={scratch["job.yaml"]}",
            "--stream-logs"
        );

        run.Code.ShouldBe(1, run.Error);
        run.Output.ShouldContain("before the end");
        run.Error.ShouldContain("non-zero status of 3");
        (await server.CairnAsync("custom-jobs", "list", "--filter", "display_name=\"fails\"", "--format", "value(state)"))
            .ShouldWork()
            .ShouldBe("JOB_STATE_FAILED\n");

        var job = (
            await server.CairnAsync(
                "custom-jobs",
                "list",
                "--filter",
                "display_name=\"fails\"",
                "--format",
                "value(name:id,labels.cairn-run)"
            )
        )
            .ShouldWork()
            .Split();
        var lines = (await server.CairnAsync("custom-jobs", "logs", job[0])).ShouldWork();
        lines.ShouldContain("before the end");
        (await server.CairnAsync("custom-jobs", "logs", job[0], "--filter", "severity=INFO AND SEARCH(\"BEFORE end\")"))
            .ShouldWork()
            .TrimEnd()
            .Split('\n')
            .ShouldHaveSingleItem()
            .ShouldEndWith("before the end");
        (await server.CairnAsync("custom-jobs", "logs", job[0], "--limit=1", "--format=value(jsonPayload.message)"))
            .ShouldWork()
            .ShouldContain("non-zero status of 3");
        (await server.CairnAsync("custom-jobs", "delete", job[0])).ShouldWork();
        (await server.CairnAsync("runs", "logs", job[1])).ShouldWork().ShouldBe(lines, "the log is kept with the run");
    }

    [Fact]
    public async Task a_running_job_is_cancelled()
    {
        RequireSklearn();
        var created = (
            await server.CairnAsync(
                "custom-jobs",
                "create",
                "--display-name=long",
                $"--worker-pool-spec=container-image-uri={Image}",
                "--command=sleep",
                "--args=600",
                "--format",
                "value(name:id)"
            )
        )
            .ShouldWork()
            .Trim();

        (await server.CairnAsync("custom-jobs", "cancel", created)).ShouldWork();
        await Poll.UntilAsync(
            async () =>
                (await server.CairnAsync("custom-jobs", "describe", created, "--format", "value(state)")).ShouldWork().Trim()
                == "JOB_STATE_CANCELLED",
            "the job to be cancelled"
        );
        (await server.CairnAsync("custom-jobs", "delete", created)).ShouldWork();
        (await server.CairnAsync("custom-jobs", "describe", created)).ShouldFail("NOT_FOUND", created);
    }

    [Fact]
    public async Task a_config_with_an_unknown_field_is_wrong_usage()
    {
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(scratch["job.yaml"], "workerPools: []\n");

        var run = await server.CairnAsync("custom-jobs", "create", "--display-name=x", $"--config={scratch["job.yaml"]}");

        run.Code.ShouldBe(2);
        run.Error.ShouldContain("workerPools");
    }

    private static void RequireSklearn()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/sklearn"))
        {
            Assert.Skip("Debian's python3-sklearn is not installed.");
        }
    }
}
