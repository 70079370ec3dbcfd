using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Clients.Tests.Tuning;

public sealed class GcloudTuningJobsTests(TuningJobsServer server) : IClassFixture<TuningJobsServer>
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    [Fact]
    public async Task a_job_from_a_file_is_created_described_listed_and_its_log_streamed()
    {
        var gcloud = server.Gcloud();
        var config = server.Files["tune.yaml"];
        await File.WriteAllTextAsync(
            config,
            Config(
                """
                import json, os, sys
                values = dict(argument[2:].split('=', 1) for argument in sys.argv[1:])
                with open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'a') as file:
                    file.write(json.dumps({'timestamp': 1, 'trial': os.environ['CLOUD_ML_TRIAL_ID'], 'accuracy': str(float(values['depth']) / 10), 'global_step': '3'}) + '\n')
                print('tried', values['depth'], 'in trial', os.environ['CLOUD_ML_TRIAL_ID'])
                """
            )
        );
        var name = await gcloud.RunAsync(
            "ai",
            "hp-tuning-jobs",
            "create",
            "--region=us-central1",
            "--display-name=by-file",
            $"--config={config}",
            "--max-trial-count=3",
            "--parallel-trial-count=2",
            "--algorithm=random-search",
            "--labels=team=red",
            "--format=value(name)"
        );

        var job = await EndAsync(gcloud, name);
        ((string)job["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", job.ToJsonString());
        ((string)job["studySpec"]!["algorithm"]!).ShouldBe("RANDOM_SEARCH");
        var trials = job["trials"]!.AsArray();
        trials.Select(static trial => (string)trial!["id"]!).ShouldBe(["1", "2", "3"]);
        foreach (var trial in trials)
        {
            ((string)trial!["state"]!).ShouldBe("SUCCEEDED");
            var metric = trial["finalMeasurement"]!["metrics"]!.AsArray().ShouldHaveSingleItem()!;
            ((double)metric["value"]!).ShouldBe((double)trial["parameters"]![0]!["value"]! / 10, 1e-9);
        }

        (
            await gcloud.RunAsync(
                "ai",
                "hp-tuning-jobs",
                "list",
                "--region=us-central1",
                "--filter=displayName=by-file AND labels.team=red",
                "--format=value(name)"
            )
        ).ShouldBe(name);

        // It leaves out what is younger than five seconds, so what it prints is polled for.
        var log = "";
        await Poll.UntilAsync(
            async () =>
                (
                    log = await gcloud.RunAsync("ai", "hp-tuning-jobs", "stream-logs", name, "--region=us-central1", "--polling-interval=5")
                ).Contains("in trial 3"),
            "the trials' log to be streamed",
            TimeSpan.FromSeconds(150)
        );
        log.ShouldContain("in trial 1");
        log.ShouldContain("in trial 2");
    }

    [Fact]
    public async Task a_job_is_cancelled()
    {
        var gcloud = server.Gcloud();
        var config = server.Files["long.yaml"];
        await File.WriteAllTextAsync(config, Config("import time; time.sleep(600)"));
        var name = await gcloud.RunAsync(
            "ai",
            "hp-tuning-jobs",
            "create",
            "--region=us-central1",
            "--display-name=long",
            $"--config={config}",
            "--format=value(name)"
        );

        await gcloud.RunAsync("ai", "hp-tuning-jobs", "cancel", name, "--region=us-central1");

        ((string)(await EndAsync(gcloud, name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
    }

    private static string Config(string program) =>
        new JsonObject
        {
            ["studySpec"] = JsonNode.Parse(
                """{"metrics": [{"metricId": "accuracy", "goal": "MAXIMIZE"}], "parameters": [{"parameterId": "depth", "integerValueSpec": {"minValue": 1, "maxValue": 9}}]}"""
            ),
            ["trialJobSpec"] = new JsonObject
            {
                ["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{TuningJobsServer.Bucket}/out" },
                ["workerPoolSpecs"] = new JsonArray(
                    new JsonObject
                    {
                        ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" },
                        ["replicaCount"] = 1,
                        ["containerSpec"] = new JsonObject { ["imageUri"] = Image, ["command"] = new JsonArray("python3", "-c", program) },
                    }
                ),
            },
        }.ToJsonString();

    private static async Task<JsonNode> EndAsync(ClientProgram gcloud, string name)
    {
        JsonNode job = null!;
        await Poll.UntilAsync(
            async () =>
            {
                job = JsonNode.Parse(
                    await gcloud.RunAsync("ai", "hp-tuning-jobs", "describe", name, "--region=us-central1", "--format=json")
                )!;
                return (string)job["state"]! is "JOB_STATE_SUCCEEDED" or "JOB_STATE_FAILED" or "JOB_STATE_CANCELLED";
            },
            $"{name} to end",
            TimeSpan.FromSeconds(180)
        );
        return job;
    }
}
