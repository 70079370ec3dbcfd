using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

public sealed class EarlyStoppingTests
{
    [Fact]
    public async Task a_trial_that_the_median_rule_gives_up_is_stopped_while_it_runs_and_keeps_what_it_measured()
    {
        await using var server = await TuningServer.StartAsync();

        // The first trials are good; from the fifth on they are bad, and would run for ten minutes.
        var job = TuningServer.Job(
            """
            bad = int(os.environ['CLOUD_ML_TRIAL_ID']) >= 6
            for step in range(1, 1200 if bad else 6):
                report('score', 0.01 if bad else 0.9 + step / 100, step)
                if bad: time.sleep(0.5)
            """,
            trials: 6);
        job["studySpec"]!["medianAutomatedStoppingSpec"] = new JsonObject();
        var name = await server.CreateAsync(job);
        await Poll.UntilAsync(
            async () => TuningServer.Trials(await server.GetAsync(name)) is { Count: 6 } trials && (string)trials[5]["state"]! is "STOPPING" or "SUCCEEDED",
            "the last trial to be stopped",
            TimeSpan.FromSeconds(120));
        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        var stopped = TuningServer.Trials(ended)[5];
        ((string)stopped["state"]!).ShouldBe("SUCCEEDED", stopped.ToJsonString());
        TuningServer.Metric(stopped).ShouldBe(0.01);
        ((string)(await server.GetAsync((string)stopped["customJob"]!))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
    }
}
