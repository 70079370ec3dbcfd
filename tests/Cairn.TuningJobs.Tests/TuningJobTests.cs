using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

public sealed class TuningJobTests
{
    [Fact]
    public async Task trials_run_as_custom_jobs_and_come_back_with_their_measurements()
    {
        await using var server = await TuningServer.StartAsync();
        var job = TuningServer.Job(
            """
            x, n = float(values['x']), int(values['n'])
            assert os.environ['AIP_MODEL_DIR'] == f"gs://tuned/out/{os.environ['CLOUD_ML_TRIAL_ID']}/model/", os.environ['AIP_MODEL_DIR']
            folder = os.environ['AIP_MODEL_DIR'].replace('gs://', '/gcs/')
            os.makedirs(folder, exist_ok=True)
            open(folder + 'model.txt', 'w').write(values['kind'])
            report('score', x, 1)
            report('score', x + n + (10 if values['kind'] == 'good' else 0) + float(values.get('extra', 0)), 2)
            """,
            trials: 6,
            parallel: 3
        );
        job["studySpec"]!["parameters"]!
            .AsArray()
            .Add(JsonNode.Parse("""{"parameterId": "n", "integerValueSpec": {"minValue": "2", "maxValue": "5"}}"""));
        job["studySpec"]!["parameters"]!
            .AsArray()
            .Add(
                JsonNode.Parse(
                    """
                    {"parameterId": "kind", "categoricalValueSpec": {"values": ["good", "bad"]}, "conditionalParameterSpecs": [
                      {"parentCategoricalValues": {"values": ["good"]}, "parameterSpec": {"parameterId": "extra", "discreteValueSpec": {"values": [0.5, 1]}}}]}
                    """
                )
            );
        var created = await server.Rest.PostAsync($"{TuningServer.Location}/hyperparameterTuningJobs", job);
        ((string)created["state"]!).ShouldBe("JOB_STATE_PENDING");
        var name = (string)created["name"]!;

        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        ended["startTime"].ShouldNotBeNull();
        ended["endTime"].ShouldNotBeNull();
        var trials = TuningServer.Trials(ended);
        trials.Select(static trial => (string)trial["id"]!).ShouldBe(["1", "2", "3", "4", "5", "6"]);
        foreach (var trial in trials)
        {
            ((string)trial["state"]!).ShouldBe("SUCCEEDED", trial.ToJsonString());
            trial["clientId"].ShouldBeNull();
            trial["startTime"].ShouldNotBeNull();
            trial["endTime"].ShouldNotBeNull();
            ((string)trial["finalMeasurement"]!["stepCount"]!).ShouldBe("2");
            var kind = (string)trial["parameters"]!.AsArray().Single(static found => (string)found!["parameterId"]! == "kind")!["value"]!;
            var extra = kind == "good" ? TuningServer.Parameter(trial, "extra") + 10 : 0;
            TuningServer.Metric(trial).ShouldBe(TuningServer.Parameter(trial, "x") + TuningServer.Parameter(trial, "n") + extra, 1e-9);

            var custom = await server.GetAsync((string)trial["customJob"]!);
            ((string)custom["displayName"]!).ShouldBe("tuned-trial-" + trial["id"]);
            var arguments = custom["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["args"]!
                .AsArray()
                .Select(static text => (string)text!)
                .ToList();
            arguments.ShouldContain($"--n={TuningServer.Parameter(trial, "n"):0}");
            arguments.ShouldContain("--kind=" + kind);
            (
                (string)
                    (
                        await server.Rest.GetAsync(
                            RestClient.ObjectPath(TuningServer.Bucket, $"out/{trial["id"]}/model/model.txt") + "?alt=media"
                        )
                    )["text"]!
            ).ShouldBe(kind);
            await MeasuredInStudyAsync(server, trial);
        }

        await ComparableAsync(server, name, trials);
        var listed = await server.Rest.GetAsync(
            $"{TuningServer.Location}/hyperparameterTuningJobs?filter={Uri.EscapeDataString("display_name=\"tuned\" AND state=\"JOB_STATE_SUCCEEDED\"")}"
        );
        listed["hyperparameterTuningJobs"]!.AsArray().ShouldHaveSingleItem()!["trials"]!.AsArray().Count.ShouldBe(6);
        await server.Rest.SendAsync(HttpMethod.Delete, "/v1/" + name);
        (await server.Rest.TrySendAsync(HttpMethod.Get, "/v1/" + name)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await server.Rest.GetAsync($"{TuningServer.Location}/studies"))["studies"].ShouldBeNull();
        (await server.GetAsync((string)trials[0]["customJob"]!))["name"].ShouldNotBeNull();
    }

    [Fact]
    public async Task a_metric_that_is_only_in_the_jobs_run_counts_and_a_trial_without_one_is_infeasible()
    {
        await using var server = await TuningServer.StartAsync();
        var name = await server.CreateAsync(
            TuningServer.Job(
                """
                import urllib.request
                def log(key, value):
                    body = json.dumps({'run_id': os.environ['MLFLOW_RUN_ID'], 'key': key, 'value': value, 'timestamp': 1, 'step': 7}).encode()
                    urllib.request.urlopen(urllib.request.Request(os.environ['MLFLOW_TRACKING_URI'] + '/api/2.0/mlflow/runs/log-metric', body,
                        {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + os.environ['CAIRN_TOKEN']}))
                trial = int(os.environ['CLOUD_ML_TRIAL_ID'])
                if trial == 1: log('score', 0.25)
                if trial == 2: report('accuracy', 0.5)
                if trial == 3: report('score', float('nan'))
                if trial == 4: sys.exit(7)
                """,
                trials: 4,
                parallel: 4
            )
        );
        var ended = await server.EndAsync(name);
        var trials = TuningServer.Trials(ended);
        ((string)trials[0]["state"]!).ShouldBe("SUCCEEDED", ended.ToJsonString());
        TuningServer.Metric(trials[0]).ShouldBe(0.25);
        trials.Skip(1).Select(static trial => (string)trial["state"]!).ShouldBe(["INFEASIBLE", "INFEASIBLE", "INFEASIBLE"]);
        ((string)trials[1]["infeasibleReason"]!).ShouldContain("did not report the metric 'score' (it did report 'accuracy')");
        ((string)trials[2]["infeasibleReason"]!).ShouldContain("NaN");
        ((string)trials[3]["infeasibleReason"]!).ShouldContain("status of 7");
    }

    [Fact]
    public async Task failed_trials_fail_the_job_when_their_budget_is_spent()
    {
        await using var server = await TuningServer.StartAsync();
        var job = TuningServer.Job("sys.exit(3) if int(os.environ['CLOUD_ML_TRIAL_ID']) > 1 else report('score', 1)", trials: 50);
        job["maxFailedTrialCount"] = 2;
        var ended = await server.EndAsync(await server.CreateAsync(job));
        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)ended["error"]!["message"]!).ShouldContain(
            "2 of 3 trials failed; `max_failed_trial_count` is 2. Trial 3: The trial's job failed"
        );
        TuningServer.Trials(ended).Count.ShouldBe(3);

        var hopeless = await server.EndAsync(await server.CreateAsync(TuningServer.Job("sys.exit(3)", trials: 50)));
        ((string)hopeless["state"]!).ShouldBe("JOB_STATE_FAILED");
        TuningServer.Trials(hopeless).Count.ShouldBe(3);
    }

    [Fact]
    public async Task a_job_is_cancelled_with_its_trials()
    {
        await using var server = await TuningServer.StartAsync();
        var name = await server.CreateAsync(TuningServer.Job("time.sleep(600)", trials: 5, parallel: 2));
        await Poll.UntilAsync(
            async () =>
                (string)(await server.GetAsync(name))["state"]! == "JOB_STATE_RUNNING"
                && TuningServer.Trials(await server.GetAsync(name)).Count == 2,
            "two trials to run"
        );
        (await server.Rest.TrySendAsync(HttpMethod.Delete, "/v1/" + name)).Status.ShouldBe(HttpStatusCode.BadRequest);
        await server.Rest.PostAsync($"/v1/{name}:cancel", new { });
        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        foreach (var trial in TuningServer.Trials(ended))
        {
            ((string)trial["state"]!).ShouldBe("INFEASIBLE");
            ((string)trial["infeasibleReason"]!).ShouldContain("was cancelled");
            ((string)(await server.GetAsync((string)trial["customJob"]!))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        }
    }

    [Fact]
    public async Task a_grid_ends_the_job_when_it_is_used_up()
    {
        await using var server = await TuningServer.StartAsync();
        var job = TuningServer.Job("report('score', float(values['x']))", trials: 20, parallel: 2);
        job["studySpec"]!["algorithm"] = "GRID_SEARCH";
        job["studySpec"]!["parameters"]![0] = JsonNode.Parse("""{"parameterId": "x", "discreteValueSpec": {"values": [1, 2, 3]}}""");
        var ended = await server.EndAsync(await server.CreateAsync(job));
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        TuningServer.Trials(ended).Select(static trial => TuningServer.Metric(trial)).Order().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task what_cannot_be_tuned_is_refused_with_a_sentence()
    {
        await using var server = await TuningServer.StartAsync();
        await RefusedAsync("`max_trial_count` is 0", static job => job["maxTrialCount"] = 0);
        await RefusedAsync("`parallel_trial_count` is -1", static job => job["parallelTrialCount"] = -1);
        await RefusedAsync("`study_spec` is missing", static job => job.Remove("studySpec"));
        await RefusedAsync("`trial_job_spec` is missing", static job => job.Remove("trialJobSpec"));
        await RefusedAsync(
            "`trial_job_spec.worker_pool_specs` is empty",
            static job => job["trialJobSpec"]!["workerPoolSpecs"] = new JsonArray()
        );
        await RefusedAsync("`study_spec.metrics`", static job => job["studySpec"]!["metrics"] = new JsonArray());
        await RefusedAsync("is a double; give it discrete values", static job => job["studySpec"]!["algorithm"] = "GRID_SEARCH");
        await RefusedAsync(
            "`trial_job_spec.experiment_run`",
            static job => job["trialJobSpec"]!["experimentRun"] = "projects/demo/locations/us-central1/metadataStores/default/contexts/a-b"
        );

        async Task RefusedAsync(string words, Action<JsonObject> spoil)
        {
            var job = TuningServer.Job("", trials: 1);
            spoil(job);
            var (status, answer) = await server.Rest.TrySendAsync(
                HttpMethod.Post,
                $"{TuningServer.Location}/hyperparameterTuningJobs",
                job
            );
            status.ShouldBe(HttpStatusCode.BadRequest, answer.ToJsonString());
            ((string)answer["error"]!["message"]!).ShouldContain(words);
        }
    }

    /// <summary>What was reported on the way is in the study's trial, in order.</summary>
    private static async Task MeasuredInStudyAsync(TuningServer server, JsonNode trial)
    {
        var measured = await server.GetAsync((string)trial["name"]!);
        measured["measurements"]!.AsArray().Select(static measurement => (string)measurement!["stepCount"]!).ShouldBe(["1", "2"]);
    }

    /// <summary>Each trial has a run in one experiment, with its parameters and its metric.</summary>
    private static async Task ComparableAsync(TuningServer server, string name, List<JsonNode> trials)
    {
        const string mlflow = "/projects/demo/locations/us-central1/api/2.0/mlflow";
        var experiment = await server.Rest.GetAsync($"{mlflow}/experiments/get-by-name?experiment_name=hp-tuning-{name.Split('/')[^1]}");
        var search = new JsonObject { ["experiment_ids"] = new JsonArray((string)experiment["experiment"]!["experiment_id"]!) };
        var runs = (await server.Rest.PostAsync($"{mlflow}/runs/search", search))["runs"]!.AsArray();
        runs.Count.ShouldBe(trials.Count);
        foreach (var run in runs)
        {
            run!["data"]!["params"]!.AsArray().Select(static param => (string)param!["key"]!).ShouldContain("x");
            run["data"]!["metrics"]!.AsArray().Select(static metric => (string)metric!["key"]!).ShouldContain("score");
        }
    }
}
