using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class HpTuningJobTests(OpenServer server) : IClassFixture<OpenServer>
{
    [Fact]
    public async Task a_tuning_job_is_followed_to_its_end_and_its_trials_are_listed_best_first()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "Python is not installed.");
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(
            scratch["tune.yaml"],
            """
            maxTrialCount: 2
            parallelTrialCount: 2
            studySpec:
              algorithm: GRID_SEARCH
              metrics:
              - metricId: loss
                goal: MINIMIZE
              parameters:
              - parameterId: x
                discreteValueSpec:
                  values: [1, 2, 3, 4]
            trialJobSpec:
              workerPoolSpecs:
              - machineSpec:
                  machineType: n1-standard-4
                replicaCount: 1
                containerSpec:
                  imageUri: us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest
                  command:
                  - python3
                  - -c
                  - |
                    import json, os, sys
                    x = float(sys.argv[1].split('=')[1])
                    if x == 4: sys.exit(5)
                    open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'w').write(json.dumps({'loss': (x - 2) ** 2}) + '\n')
                    print('tried', x)
            """
        );

        var run = await server.CairnAsync(
            "hp-tuning-jobs",
            "create",
            "--display-name=grid",
            $"--config={scratch["tune.yaml"]}",
            "--max-trial-count=4",
            "--stream-logs"
        );
        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("tried 2.0");

        var id = (await server.CairnAsync("hp-tuning-jobs", "list", "--format", "value(name:id)")).ShouldWork().Trim();
        var trials = (await server.CairnAsync("hp-tuning-jobs", "trials", id)).ShouldWork().TrimEnd().Split('\n');
        trials.Length.ShouldBe(5);
        trials[0].ShouldContain("CUSTOM_JOB");
        trials[1].ShouldContain("x=2");
        trials[1].ShouldContain("loss=0");
        trials[4].ShouldContain("INFEASIBLE");
        trials[4].ShouldContain("status of 5");
        (await server.CairnAsync("hp-tuning-jobs", "describe", id)).ShouldWork().ShouldContain("JOB_STATE_SUCCEEDED");
        (await server.CairnAsync("hp-tuning-jobs", "delete", id)).ShouldWork();
        (await server.CairnAsync("hp-tuning-jobs", "describe", id)).ShouldFail("NOT_FOUND", id);
    }

    [Fact]
    public async Task a_config_with_an_unknown_field_is_wrong_usage()
    {
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(scratch["tune.yaml"], "study: {}\n");
        var run = await server.CairnAsync("hp-tuning-jobs", "create", "--display-name=x", $"--config={scratch["tune.yaml"]}");
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("study");
    }
}
