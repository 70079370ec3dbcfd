using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

public sealed class EarlyStoppingTests
{
    [Fact]
    public async Task a_trial_that_the_median_rule_gives_up_is_stopped_while_it_runs_and_keeps_what_it_measured()
    {
        // The first trials are good; the sixth is bad, and would run for ten minutes.
        const string program = """
            bad = int(os.environ['CLOUD_ML_TRIAL_ID']) >= 6
            for step in range(1, 1200 if bad else 6):
                report('score', 0.01 if bad else 0.9 + step / 100, step)
                if bad: time.sleep(0.5)
            """;
        var stopped = await StoppedAsync(program, "medianAutomatedStoppingSpec");
        TuningServer.Metric(stopped).ShouldBe(0.01);
    }

    [Fact]
    public async Task a_trial_that_will_hardly_reach_the_best_by_its_curve_is_stopped_while_it_runs()
    {
        // The good trials' curves reach far beyond the point at which the sixth is judged, and gain little on the way.
        const string program = """
            trial = int(os.environ['CLOUD_ML_TRIAL_ID'])
            bad = trial >= 6
            for step in range(1, 1200) if bad else [1, 2, 500, 1000, 2000, 4000]:
                report('score', 0.01 * (1 - 0.5 ** step) if bad else 0.9 + trial / 100 - 0.2 / step, step)
                if bad: time.sleep(0.5)
            """;
        TuningServer.Metric(await StoppedAsync(program, "decayCurveStoppingSpec")).ShouldBeInRange(0, 0.01);
    }

    /// <summary>Runs six trials under a rule, and returns the sixth, which the rule has stopped.</summary>
    private static async Task<JsonNode> StoppedAsync(string program, string rule)
    {
        await using var server = await TuningServer.StartAsync();
        var job = TuningServer.Job(program, trials: 6);
        job["studySpec"]![rule] = new JsonObject();
        var name = await server.CreateAsync(job);
        await Poll.UntilAsync(
            async () =>
                TuningServer.Trials(await server.GetAsync(name)) is { Count: 6 } trials
                && (string)trials[5]["state"]! is "STOPPING" or "SUCCEEDED",
            "the last trial to be stopped",
            TimeSpan.FromSeconds(120)
        );
        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        var stopped = TuningServer.Trials(ended)[5];
        ((string)stopped["state"]!).ShouldBe("SUCCEEDED", stopped.ToJsonString());
        ((string)(await server.GetAsync((string)stopped["customJob"]!))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        return stopped;
    }
}
