using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Classic.Tests;

public sealed class TuningTests
{
    [Fact]
    public async Task a_trial_that_was_stopped_early_says_so()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "Debian's python3 is not installed.");
        await using var server = await ClassicServer.StartAsync();

        // The first trials are good; the sixth is bad, and would run for ten minutes.
        await server.Rest.UploadAsync(
            "models",
            "tuned-0.1.tar.gz",
            SourcePackage.Tar(
                "tuned",
                (
                    "tuned.py",
                    """
                    import json, os, time
                    bad = int(os.environ['CLOUD_ML_TRIAL_ID']) >= 6
                    for step in range(1, 1200 if bad else 6):
                        with open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'a') as file:
                            file.write(json.dumps({'timestamp': time.time(), 'trial': '1', 'score': str(0.01 if bad else 0.9 + step / 100), 'global_step': str(step)}) + '\n')
                        if bad: time.sleep(0.5)
                    """
                )
            )
        );
        await server.Rest.PostAsync(
            $"{ClassicServer.Project}/jobs",
            new
            {
                jobId = "tuned",
                trainingInput = new
                {
                    region = "us-central1",
                    runtimeVersion = "2.11",
                    pythonVersion = "3.7",
                    packageUris = new[] { "gs://models/tuned-0.1.tar.gz" },
                    pythonModule = "tuned",
                    hyperparameters = new
                    {
                        goal = "MAXIMIZE",
                        hyperparameterMetricTag = "score",
                        maxTrials = 6,
                        algorithm = "RANDOM_SEARCH",
                        enableTrialEarlyStopping = true,
                        @params = new[]
                        {
                            new
                            {
                                parameterName = "x",
                                type = "DOUBLE",
                                minValue = 0,
                                maxValue = 1,
                                scaleType = "UNIT_LINEAR_SCALE",
                            },
                        },
                    },
                },
            }
        );

        JsonNode job = null!;
        await Poll.UntilAsync(
            async () =>
                (string)(job = await server.Rest.GetAsync($"{ClassicServer.Project}/jobs/tuned"))["state"]!
                    is "SUCCEEDED"
                        or "FAILED"
                        or "CANCELLED",
            "the job to end",
            TimeSpan.FromSeconds(240)
        );

        ((string)job["state"]!).ShouldBe("SUCCEEDED", job.ToJsonString());
        var trials = job["trainingOutput"]!["trials"]!.AsArray();
        trials
            .Where(static trial => (bool?)trial!["isTrialStoppedEarly"] == true)
            .Select(static trial => (string)trial!["trialId"]!)
            .ShouldBe(["6"], job.ToJsonString());
        ((string)trials[^1]!["trialId"]!).ShouldBe("6");
    }
}
