using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Trainings that their objective stopped say so.</summary>
public sealed class EarlyStopTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_training_that_stops_for_want_of_improvement_says_which_rule_and_where()
    {
        var python = Path.Combine(AppContext.BaseDirectory, "python", "cairn_training");
        await _client.UploadAsync(
            "stop/stopper-0.1.tar.gz",
            SourcePackage.Tar(
                "stopper",
                [
                    .. Directory
                        .GetFiles(python, "*.py")
                        .Select(file => ("cairn_training/" + Path.GetFileName(file), File.ReadAllText(file))),
                    (
                        "stopper.py",
                        """
                        from cairn_training import EarlyStopping
                        stopping = EarlyStopping("val_loss", patience=2)
                        for step, loss in enumerate([3.0, 2.0, 2.5, 2.25, 1.0]):
                            if stopping.should_stop(loss, step):
                                break
                        print("ended after", step)
                        """
                    ),
                ]
            )
        );

        var ended = await _client.RunAsync(JobsClient.Package("stopper", [$"gs://{JobsClient.Bucket}/stop/stopper-0.1.tar.gz"]));

        (await _client.LinesAsync((string)ended["name"]!)).ShouldContain("ended after 3", ended.ToJsonString());
        ((string)ended["labels"]!["cairn-early-stop"]!).ShouldBe("step-3");
        var tags = await TagsAsync(ended);
        tags["stopping.reason"].ShouldBe("early_stopping");
        tags["stopping.rule"].ShouldBe("patience 2 on val_loss (min)");
        tags["stopping.step"].ShouldBe("3");
        tags["stopping.best_step"].ShouldBe("1");
    }

    [Fact]
    public async Task what_autologging_tells_is_understood()
    {
        var ended = await _client.RunAsync(
            Logging(
                """{"metrics": [{"key": "stopped_epoch", "value": 12, "timestamp": 1, "step": 0}], "params": [{"key": "patience", "value": "4"}, {"key": "monitor", "value": "val_auc"}]}"""
            )
        );

        ((string?)ended["labels"]!["cairn-early-stop"]).ShouldBe("step-12", ended.ToJsonString());
        var tags = await TagsAsync(ended);
        tags["stopping.rule"].ShouldBe("patience 4 on val_auc");
        tags["stopping.step"].ShouldBe("12");
    }

    [Theory]
    [InlineData(
        """{"metrics": [{"key": "stopped_epoch", "value": 0, "timestamp": 1, "step": 0}], "params": [{"key": "patience", "value": "4"}]}"""
    )]
    [InlineData(
        """{"metrics": [{"key": "stopped_iteration", "value": 9, "timestamp": 1, "step": 0}, {"key": "best_iteration", "value": 9, "timestamp": 1, "step": 0}], "params": [{"key": "early_stopping_rounds", "value": "5"}]}"""
    )]
    public async Task a_training_that_went_to_its_end_says_nothing(string batch)
    {
        var ended = await _client.RunAsync(Logging(batch));

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        ended["labels"]!["cairn-early-stop"].ShouldBeNull();
        (await TagsAsync(ended)).ShouldNotContainKey("stopping.reason");
    }

    private static JsonObject Logging(string batch) =>
        JobsClient.Python(
            $$"""
            import json, os, urllib.request
            body = dict(json.loads('''{{batch}}'''), run_id=os.environ["MLFLOW_RUN_ID"])
            request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-batch", json.dumps(body).encode(),
                {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]})
            urllib.request.urlopen(request)
            """
        );

    private async Task<Dictionary<string, string>> TagsAsync(JsonObject job)
    {
        var run = await _client.SendAsync(
            HttpMethod.Get,
            $"/projects/demo/locations/us-central1/api/2.0/mlflow/runs/get?run_id={(string)job["labels"]!["cairn-run"]!}"
        );
        return run["run"]!["data"]!["tags"]!.AsArray().ToDictionary(tag => (string)tag!["key"]!, tag => (string)tag!["value"]!);
    }
}
