using System.Text.Json.Nodes;

namespace Cairn.Jobs.Tests.Jobs;

public sealed class EndTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Theory]
    [InlineData("import sys; print('the cause', file=sys.stderr); sys.exit(3)", "non-zero status of 3", "the cause")]
    [InlineData("import os; os.kill(os.getpid(), 9)", "killed by signal 9", "not for lack of memory")]
    [InlineData("import not_there", "'not_there' is not installed", "images.yaml")]
    [InlineData("raise ValueError('wrong')", "non-zero status of 1", "ValueError: wrong")]
    public async Task a_failure_says_why(string code, params string[] expected)
    {
        var job = await _client.RunAsync(JobsClient.Python(code));

        ((string)job["state"]!).ShouldBe("JOB_STATE_FAILED");
        foreach (var part in expected)
        {
            ((string)job["error"]!["message"]!).ShouldContain(part);
        }

        job["startTime"].ShouldNotBeNull();
        job["endTime"].ShouldNotBeNull();
    }

    [Fact]
    public async Task a_command_that_does_not_exist_is_named()
    {
        var job = await _client.RunAsync(JobsClient.Container(JobsClient.SklearnImage, ["no-such-program"], []));

        ((string)job["error"]!["message"]!).ShouldContain("could not start 'no-such-program'");
    }

    [Fact]
    public async Task a_running_job_is_cancelled_and_may_clean_up()
    {
        var name = await _client.SubmitAsync(
            JobsClient.Python(
                """
                import signal, sys, time
                signal.signal(signal.SIGTERM, lambda *_: (print("cleaning up"), sys.exit(0)))
                print("ready")
                while True: time.sleep(1)
                """
            )
        );
        await Testing.Poll.UntilAsync(async () => (await _client.LinesAsync(name)).Contains("ready"), "the program to run");

        await _client.CancelAsync(name);

        ((string)(await _client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        (await _client.LinesAsync(name)).ShouldBe(["ready", "cleaning up"]);
    }

    [Fact]
    public async Task a_job_that_ignores_the_request_is_killed_with_all_it_started()
    {
        var job = JobsClient.Python(
            """
            import os, signal, subprocess, sys, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(987654)"], start_new_session=True)
            print("started")
            time.sleep(987654)
            """
        );
        job["jobSpec"]!["scheduling"] = new JsonObject { ["timeout"] = "2s" };

        var ended = await _client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((int)ended["error"]!["code"]!).ShouldBe(4);
        ((string)ended["error"]!["message"]!).ShouldContain("timed out");
        (await _client.LinesAsync((string)ended["name"]!)).ShouldBe(["started"]);
        Directory
            .GetDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(CommandLine)
            .ShouldNotContain(line => line.Contains("time.sleep(987654)"));
    }

    [Fact]
    public async Task cancelling_an_ended_job_changes_nothing()
    {
        var job = await _client.RunAsync(JobsClient.Python("print('done')"));

        await _client.CancelAsync((string)job["name"]!);

        ((string)(await _client.GetAsync((string)job["name"]!))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
    }

    [Fact]
    public async Task a_running_job_is_not_deleted_and_an_ended_one_is()
    {
        var name = await _client.SubmitAsync(JobsClient.Python("import time; time.sleep(60)"));

        var (_, refusal) = await _client.TrySendAsync(HttpMethod.Delete, "/v1/" + name);
        ((string)refusal["error"]!["status"]!).ShouldBe("FAILED_PRECONDITION");
        ((string)refusal["error"]!["message"]!).ShouldContain("cancel it");
        await _client.CancelAsync(name);
        await _client.WaitAsync(name, "JOB_STATE_CANCELLED");
        var operation = await _client.SendAsync(HttpMethod.Delete, "/v1/" + name);

        ((bool)operation["done"]!).ShouldBeTrue();
        ((string)operation["response"]!["@type"]!).ShouldEndWith("google.protobuf.Empty");
        (await _client.TrySendAsync(HttpMethod.Get, "/v1/" + name)).Status.ShouldBe(System.Net.HttpStatusCode.NotFound);
        await Testing.Poll.UntilAsync(
            () => !Directory.Exists(Path.Combine(server.Process.Data, "jobs", name.Split('/')[^1])),
            "the job's files to be removed"
        );
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
