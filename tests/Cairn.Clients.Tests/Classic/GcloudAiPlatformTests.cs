using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Classic;

public sealed class GcloudAiPlatformTests(ClassicServer server) : IClassFixture<ClassicServer>
{
    private const string Region = "--region=global";

    [Fact]
    public async Task a_package_is_trained_and_its_model_served_by_version()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/sklearn"))
        {
            Assert.Skip("Debian's python3-sklearn is not installed.");
        }

        var gcloud = server.Gcloud();
        var trainer = Directory.CreateDirectory(server.Files["package/trainer"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(trainer, "__init__.py"), "");
        await File.WriteAllTextAsync(
            Path.Combine(trainer, "task.py"),
            """
            import argparse, joblib, os
            from sklearn.linear_model import LogisticRegression
            parser = argparse.ArgumentParser()
            parser.add_argument('--job-dir')
            parser.add_argument('--flip', type=int, default=0)
            options = parser.parse_args()
            folder = options.job_dir.replace('gs://', '/gcs/') + '/model'
            os.makedirs(folder, exist_ok=True)
            joblib.dump(LogisticRegression().fit([[0.0], [4.0]], [options.flip, 1 - options.flip]), folder + '/model.joblib')
            print('saved to', folder)
            """
        );
        var config = server.Files["config.yaml"];
        await File.WriteAllTextAsync(
            config,
            """
            labels:
              team: red
            trainingInput:
              scaleTier: CUSTOM
              masterType: n1-standard-4
              scheduling:
                maxRunningTime: 600s
            """
        );
        string[] submit = ["ai-platform", "jobs", "submit", "training"];
        string[] training =
        [
            $"--package-path={trainer}",
            "--module-name=trainer.task",
            "--region=us-central1",
            "--runtime-version=2.11",
            "--python-version=3.7",
            $"--config={config}",
        ];
        await gcloud.RunAsync([.. submit, "first", .. training, $"--job-dir=gs://{ClassicServer.Bucket}/first"]);
        await gcloud.RunAsync([.. submit, "second", .. training, $"--job-dir=gs://{ClassicServer.Bucket}/second", "--", "--flip=1"]);
        var job = await EndAsync(gcloud, "first");
        ((string)job["state"]!).ShouldBe("SUCCEEDED", job.ToJsonString());
        ((string)job["trainingInput"]!["scaleTier"]!).ShouldBe("CUSTOM");
        ((string)job["labels"]!["team"]!).ShouldBe("red");
        ((string)(await EndAsync(gcloud, "second"))["state"]!).ShouldBe("SUCCEEDED");
        // The job of another test of this class may have succeeded before.
        var succeeded = await gcloud.RunAsync("ai-platform", "jobs", "list", "--filter=state=SUCCEEDED", "--format=value(jobId)");
        succeeded.Split('\n').Where(static id => id != "tuned").Order().ShouldBe(["first", "second"]);
        (await gcloud.FailAsync([.. submit, "first", .. training, $"--job-dir=gs://{ClassicServer.Bucket}/first"])).ShouldContain("exists");

        await gcloud.RunAsync("ai-platform", "models", "create", "Steps", Region, "--description=one step");
        string[] version = ["ai-platform", "versions", "create"];
        string[] runtime = ["--model=Steps", Region, "--framework=scikit-learn", "--runtime-version=2.11", "--python-version=3.7"];
        await gcloud.RunAsync([.. version, "v1", .. runtime, $"--origin=gs://{ClassicServer.Bucket}/first/model"]);
        await gcloud.RunAsync([.. version, "v2", .. runtime, $"--origin=gs://{ClassicServer.Bucket}/second/model"]);
        var instances = server.Files["instances.json"];
        await File.WriteAllTextAsync(instances, "[0.0]\n[4.0]\n");
        string[] predict = ["ai-platform", "predict", "--model=Steps", Region, $"--json-instances={instances}", "--format=json"];
        Predictions(await gcloud.RunAsync(predict)).ShouldBe([0, 1]);
        Predictions(await gcloud.RunAsync([.. predict, "--version=v2"])).ShouldBe([1, 0]);

        await gcloud.RunAsync("ai-platform", "versions", "set-default", "v2", "--model=Steps", Region);
        Predictions(await gcloud.RunAsync(predict)).ShouldBe([1, 0]);
        (await server.Rest.GetAsync("/v1/projects/demo/locations/us-central1/models/steps"))["versionId"]!.GetValue<string>().ShouldBe("2");
        (await gcloud.FailAsync("ai-platform", "versions", "delete", "v2", "--model=Steps", Region)).ShouldContain("default");
        await gcloud.RunAsync("ai-platform", "versions", "delete", "v1", "--model=Steps", Region);
        (await gcloud.FailAsync("ai-platform", "models", "delete", "Steps", Region)).ShouldContain("has versions");
        await gcloud.RunAsync("ai-platform", "versions", "delete", "v2", "--model=Steps", Region);
        await gcloud.RunAsync("ai-platform", "models", "delete", "Steps", Region);
        (await gcloud.FailAsync(predict)).ShouldContain("There is no model");
        (await server.Rest.GetAsync("/v1/projects/demo/locations/us-central1/endpoints"))["endpoints"].ShouldBeNull();
    }

    [Fact]
    public async Task a_job_is_cancelled_and_a_failure_says_why()
    {
        var gcloud = server.Gcloud();
        string[] submit = ["ai-platform", "jobs", "submit", "training"];
        await server.Rest.UploadAsync(
            ClassicServer.Bucket,
            "waiter-0.1.tar.gz",
            SourcePackage.Tar("waiter", ("waiter.py", "import sys, time\nif '--fail' in sys.argv: sys.exit(5)\ntime.sleep(600)\n"))
        );
        string[] training =
        [
            $"--packages=gs://{ClassicServer.Bucket}/waiter-0.1.tar.gz",
            "--module-name=waiter",
            "--region=us-central1",
            "--runtime-version=2.11",
            "--python-version=3.7",
        ];
        await gcloud.RunAsync([.. submit, "failing", .. training, "--", "--fail"]);
        await gcloud.RunAsync([.. submit, "waiting", .. training]);
        await gcloud.RunAsync("ai-platform", "jobs", "cancel", "waiting");

        ((string)(await EndAsync(gcloud, "waiting"))["state"]!).ShouldBe("CANCELLED");
        var failed = await EndAsync(gcloud, "failing");
        ((string)failed["state"]!).ShouldBe("FAILED");
        ((string)failed["errorMessage"]!).ShouldContain("status of 5");
        (await gcloud.FailAsync("ai-platform", "jobs", "describe", "absent")).ShouldContain("There is no job 'absent'");
    }

    [Fact]
    public async Task hyperparameters_are_tuned_and_the_trials_come_best_first()
    {
        var gcloud = server.Gcloud();
        await server.Rest.UploadAsync(
            ClassicServer.Bucket,
            "tuned-0.1.tar.gz",
            SourcePackage.Tar(
                "tuned",
                (
                    "tuned.py",
                    """
                    import argparse, json, os
                    parser = argparse.ArgumentParser()
                    parser.add_argument('--job-dir')
                    parser.add_argument('--x', type=float)
                    options = parser.parse_args()
                    print('trial', os.environ['CLOUD_ML_TRIAL_ID'], 'writes to', options.job_dir)
                    with open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'a') as file:
                        file.write(json.dumps({'timestamp': 1.0, 'trial': '1', 'loss': str((options.x - 2) ** 2), 'global_step': '7'}) + '\n')
                    """
                )
            )
        );
        var config = server.Files["tuning.yaml"];
        await File.WriteAllTextAsync(
            config,
            """
            trainingInput:
              hyperparameters:
                goal: MINIMIZE
                hyperparameterMetricTag: loss
                maxTrials: 3
                maxParallelTrials: 2
                algorithm: RANDOM_SEARCH
                params:
                - parameterName: x
                  type: DOUBLE
                  minValue: 0
                  maxValue: 4
                  scaleType: UNIT_LINEAR_SCALE
            """
        );
        await gcloud.RunAsync(
            "ai-platform",
            "jobs",
            "submit",
            "training",
            "tuned",
            $"--packages=gs://{ClassicServer.Bucket}/tuned-0.1.tar.gz",
            "--module-name=tuned",
            "--region=us-central1",
            "--runtime-version=2.11",
            "--python-version=3.7",
            $"--job-dir=gs://{ClassicServer.Bucket}/tuned",
            $"--config={config}"
        );

        var job = await EndAsync(gcloud, "tuned");

        ((string)job["state"]!).ShouldBe("SUCCEEDED", job.ToJsonString());
        var output = job["trainingOutput"]!;
        ((bool)output["isHyperparameterTuningJob"]!).ShouldBeTrue();
        ((string)output["completedTrialCount"]!).ShouldBe("3");
        var trials = output["trials"]!.AsArray();
        trials.Select(static trial => (string)trial!["trialId"]!).Order().ShouldBe(["1", "2", "3"]);
        var objectives = trials.Select(static trial => (double)trial!["finalMetric"]!["objectiveValue"]!).ToArray();
        objectives.ShouldBe(objectives.Order());
        ((string)trials[0]!["finalMetric"]!["trainingStep"]!).ShouldBe("7");
        var log = "";
        await Poll.UntilAsync(
            async () =>
                (
                    log = await gcloud.RunAsync(
                        "ai-platform",
                        "jobs",
                        "stream-logs",
                        "tuned",
                        "--polling-interval=5",
                        "--allow-multiline-logs"
                    )
                ).Contains("trial 3 writes to"),
            "the log to be streamed",
            TimeSpan.FromSeconds(120)
        );
        log.ShouldContain($"trial 1 writes to gs://{ClassicServer.Bucket}/tuned/1");
    }

    private static int[] Predictions(string json)
    {
        var answer = JsonNode.Parse(json)!;
        return [.. (answer as JsonArray ?? answer["predictions"]!.AsArray()).Select(static value => value!.GetValue<int>())];
    }

    private async Task<JsonNode> EndAsync(ClientProgram gcloud, string job)
    {
        await Poll.UntilAsync(
            async () =>
                (string?)(await server.Rest.GetAsync($"/v1/projects/demo/jobs/{job}"))["state"] is "SUCCEEDED" or "FAILED" or "CANCELLED",
            $"{job} to end",
            TimeSpan.FromSeconds(120)
        );
        return JsonNode.Parse(await gcloud.RunAsync("ai-platform", "jobs", "describe", job, "--format=json"))!;
    }
}
