using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

public sealed class TuningKillTests
{
    [Fact]
    public async Task a_server_that_is_killed_again_and_again_loses_no_trial_and_doubles_none()
    {
        await using var server = await TuningServer.StartAsync();
        var name = await server.CreateAsync(
            TuningServer.Job(
                """
                folder = '/gcs/tuned/out/' + os.environ['CLOUD_ML_TRIAL_ID']
                os.makedirs(folder, exist_ok=True)
                open(folder + '/' + os.environ['CLOUD_ML_JOB_ID'], 'w').write('ran')
                time.sleep(0.7)
                report('score', float(values['x']), 1)
                """,
                trials: 8,
                parallel: 2
            )
        );
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var kill = 1; kill <= 4; kill++)
        {
            var wanted = kill;
            await Poll.UntilAsync(
                async () => TuningServer.Trials(await server.GetAsync(name)).Count > wanted,
                "another trial to begin",
                TimeSpan.FromSeconds(60)
            );

            // Anywhere within a trial's time.
            var moment = DateTime.UtcNow + TimeSpan.FromMilliseconds(random.Next(0, 900));
            await Poll.UntilAsync(() => DateTime.UtcNow >= moment, "the moment");
            server.Process.Kill();
            await server.Process.RestartAsync();
        }

        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        var trials = TuningServer.Trials(ended);
        trials.Select(static trial => (string)trial["id"]!).ShouldBe(["1", "2", "3", "4", "5", "6", "7", "8"]);
        foreach (var trial in trials)
        {
            ((string)trial["state"]!).ShouldBe("SUCCEEDED", trial.ToJsonString());
            TuningServer.Metric(trial).ShouldBe(TuningServer.Parameter(trial, "x"), 1e-9);

            // One custom job has run for it, and left one file.
            var files = await server.Rest.GetAsync($"/storage/v1/b/{TuningServer.Bucket}/o?prefix=out/{trial["id"]}/");
            ((string)files["items"]!.AsArray().ShouldHaveSingleItem()!["name"]!).ShouldBe(
                $"out/{trial["id"]}/{((string)trial["customJob"]!).Split('/')[^1]}"
            );
        }

        (await server.Rest.GetAsync($"{TuningServer.Location}/customJobs"))["customJobs"]!.AsArray().Count.ShouldBe(8);
    }
}
