using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Google.Rpc;

namespace Cairn.Jobs.Tests.Executors.Slurm;

/// <summary>
/// On a real Slurm that keeps accounts and forgets in two seconds what is over, so that only the accounts tell how a job ended.
/// </summary>
public sealed class SlurmAccountsTests : IAsyncLifetime
{
    private SlurmCluster _cluster = null!;
    private ServerProcess _server = null!;
    private JobsClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        SlurmFixture.SkipWithout();
        if (SlurmAccounting.Obstacle is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        _cluster = await SlurmCluster.StartAsync(1, "MinJobAge=2", accounts: true);
        _server = await ServerProcess.StartAsync(arguments: SlurmFixture.Flags(_cluster));
        _client = new JobsClient(_server);
        await _client.CreateBucketAsync(JobsClient.Bucket);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _client.Dispose();
            await _server.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task what_ended_and_was_forgotten_while_the_server_was_down_is_given_its_right_end()
    {
        string[] codes =
        [
            "time.sleep(300)",
            "time.sleep(300)",
            "time.sleep(300)",
            "time.sleep(4); sys.exit(3)",
            "time.sleep(4); print('done')",
        ];
        var names = new List<string>();
        foreach (var code in codes)
        {
            names.Add(await SubmitAsync(code));
        }

        foreach (var name in names)
        {
            await Poll.UntilAsync(async () => (await _client.LinesAsync(name)).Count > 0, $"{name} to begin", TimeSpan.FromSeconds(120));
        }

        var (cancelled, timedOut, killed, failed, succeeded) = (names[0], names[1], names[2], names[3], names[4]);
        _server.Kill();
        await _cluster.RunAsync("scancel", "--name=" + SlurmName(cancelled));
        await _cluster.RunAsync("scancel", "--signal=KILL", await NumberAsync(killed) + ".0");

        // Slurm looks every half minute for what has outlasted its limit.
        await _cluster.RunAsync("scontrol", "update", "JobId=" + await NumberAsync(timedOut), "EndTime=now+2seconds");

        await Poll.UntilAsync(
            async () => (await _cluster.RunAsync("squeue", "--noheader", "--states=all")).Length == 0,
            "Slurm to forget the jobs",
            TimeSpan.FromSeconds(180)
        );
        await _server.RestartAsync();

        Ended(await _client.WaitAsync(cancelled), "JOB_STATE_CANCELLED", Code.Cancelled, "cancelled outside of Cairn");
        Ended(await _client.WaitAsync(timedOut), "JOB_STATE_FAILED", Code.DeadlineExceeded, "reached its time limit");
        Ended(await _client.WaitAsync(killed), "JOB_STATE_FAILED", Code.Unavailable, "is FAILED");
        Ended(await _client.WaitAsync(failed), "JOB_STATE_FAILED", null, "3");
        ((string)(await _client.WaitAsync(succeeded))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await _client.LinesAsync(succeeded)).ShouldBe(["on", "done"]);
    }

    private static void Ended(JsonNode job, string state, Code? code, string words)
    {
        ((string)job["state"]!).ShouldBe(state, job.ToJsonString());
        ((string)job["error"]!["message"]!).ShouldContain(words);
        if (code is { } expected)
        {
            ((int)job["error"]!["code"]!).ShouldBe((int)expected);
        }
    }

    /// <summary>Submits a job that prints "on" first.</summary>
    private Task<string> SubmitAsync(string code)
    {
        var job = JobsClient.Python($"import sys, time; print('on', flush=True); {code}");
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"]!["machineType"] = "custom-1-1024";
        return _client.SubmitAsync(job);
    }

    private static string SlurmName(string job) => string.Create(CultureInfo.InvariantCulture, $"cairn-{job.Split('/')[^1]}-1");

    private Task<string> NumberAsync(string job) => _cluster.RunAsync("squeue", "--noheader", "--format=%i", "--name=" + SlurmName(job));
}
