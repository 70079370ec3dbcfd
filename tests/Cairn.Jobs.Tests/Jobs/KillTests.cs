using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>The server is killed while jobs run.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task after_a_kill_every_job_is_accounted_for_and_running_work_goes_on()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);

        // Each says who it is at its start and at its end: a second start would be seen.
        const string code = """
            import sys, time
            print("start", sys.argv[1], flush=True)
            time.sleep(3)
            print("end", sys.argv[1], flush=True)
            """;
        var names = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            names.Add(await client.SubmitAsync(JobsClient.Python(code, $"{i}")));
        }

        await client.WaitAsync(names[0], "JOB_STATE_RUNNING");
        server.Kill();
        await server.RestartAsync();
        await Poll.UntilAsync(
            async () =>
                (string)(await client.GetAsync(names[1]))["state"]! == "JOB_STATE_SUCCEEDED"
                || (await client.LinesAsync(names[1])).Count > 0,
            "the second job to begin"
        );
        server.Kill();
        await server.RestartAsync();

        for (var i = 0; i < names.Count; i++)
        {
            ((string)(await client.WaitAsync(names[i]))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
            (await client.LinesAsync(names[i])).ShouldBe([$"start {i}", $"end {i}"]);
        }
    }

    [Fact]
    public async Task a_job_that_ends_while_the_server_is_away_is_found_with_its_log_and_outputs()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        var name = await client.SubmitAsync(
            JobsClient.Python(
                $"""
                import time
                print("begun", flush=True)
                time.sleep(2)
                open("/gcs/{JobsClient.Bucket}/late.txt", "w").write("late")
                print("ended without a server", flush=True)
                """
            )
        );
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Count > 0, "the job to begin");

        server.Kill();
        var attempt = Path.Combine(server.Data, "jobs", name.Split('/')[^1], "1", "workerpool0-0");
        await Poll.UntilAsync(() => File.ReadAllText(Path.Combine(attempt, "log.spool")).Contains("ended without"), "the program to end");
        await server.RestartAsync();

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(name)).ShouldBe(["begun", "ended without a server"]);
        (await client.DownloadAsync("late.txt")).ShouldBe("late");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_lost_worker_is_restarted_where_the_job_asks_for_it(bool restart)
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        var job = JobsClient.Python(
            $"""
            import os, time
            first = not os.path.exists("/gcs/{JobsClient.Bucket}/been-here")
            print("first" if first else "second", flush=True)
            if first:
                open("/gcs/{JobsClient.Bucket}/been-here", "w").close()
                time.sleep(300)
            """
        );
        job["jobSpec"]!["scheduling"] = new JsonObject { ["restartJobOnWorkerRestart"] = restart };
        var name = await client.SubmitAsync(job);
        await Poll.UntilAsync(async () => await client.DownloadAsync("been-here") is not null, "the first attempt to leave its mark");
        var start = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(server.Data, "jobs", name.Split('/')[^1], "1", "workerpool0-0", "started.json"))
        )!;

        using (var agent = System.Diagnostics.Process.GetProcessById((int)start["pid"]!))
        {
            agent.Kill();
        }

        var ended = await client.WaitAsync(name);
        if (restart)
        {
            ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
            (await client.LinesAsync(name)).ShouldBe(["first", "second"]);
        }
        else
        {
            ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
            ((string)ended["error"]!["message"]!).ShouldContain("was lost");
            (await client.LinesAsync(name)).ShouldBe(["first"]);
        }
    }

    [Fact]
    public async Task a_job_cancelled_just_before_a_kill_is_cancelled_after_it()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        var name = await client.SubmitAsync(JobsClient.Python("import time; print('on', flush=True); time.sleep(300)"));
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Count > 0, "the job to begin");

        await client.CancelAsync(name);
        server.Kill();
        await server.RestartAsync();

        ((string)(await client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
    }

    [Fact]
    public async Task jobs_run_where_every_request_needs_a_token()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await server.StopAsync();

        await using var guarded = await ServerProcess.StartAsync(server.Data, ["--authentication", "on"]);
        using var owner = new JobsClient(guarded) { Token = await CreateTokenAsync(guarded.Data) };
        await owner.UploadAsync(
            "pkg/t-0.1.tar.gz",
            SourcePackage.Tar("t", ("t.py", $"""open("/gcs/{JobsClient.Bucket}/by-task.txt", "w").write("written"); print("ran")"""))
        );

        (await owner.OutputAsync(JobsClient.Package("t", [$"gs://{JobsClient.Bucket}/pkg/t-0.1.tar.gz"]))).ShouldBe(["ran"]);
        (await owner.DownloadAsync("by-task.txt")).ShouldBe("written");
    }

    private static async Task<string> CreateTokenAsync(string data)
    {
        var start = new System.Diagnostics.ProcessStartInfo(
            ServerProcess.Executable,
            ["tokens", "create", "--data", data, "--role", "admin", "tester"]
        )
        {
            RedirectStandardOutput = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim().Split('\n')[^1].Trim();
    }
}
