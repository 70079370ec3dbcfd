using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>A job's run says where it comes from.</summary>
public sealed class JobProvenanceTests(Server server)
{
    private const string Logging = """
        import json, os, sys, urllib.request
        def log(key, value):
            request = urllib.request.Request(os.environ['MLFLOW_TRACKING_URI'] + '/api/2.0/mlflow/runs/log-parameter',
                json.dumps({'run_id': os.environ['MLFLOW_RUN_ID'], 'key': key, 'value': value}).encode(),
                {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + os.environ['MLFLOW_TRACKING_TOKEN']})
            return urllib.request.urlopen(request)
        log('lr', str(float(sys.argv[1].split('=')[1])))
        try:
            log('lr', '0.5')
            sys.exit('the second value was taken')
        except urllib.error.HTTPError as refused:
            assert refused.code == 400, refused.code
        """;

    [Fact]
    public async Task options_are_parameters_which_the_program_may_spell_in_its_own_way()
    {
        var job = await server.Client.RunAsync(JobsClient.Python(Logging, "--lr=1e-3", "--epochs", "5", "--api-key", "hush", "--verbose"));
        ((string)job["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", job.ToJsonString());

        var run = await RunAsync(job);
        Pairs(run["data"]!["params"]!)
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["lr"] = "0.001",
                    ["epochs"] = "5",
                    ["verbose"] = "true",
                },
                ignoreOrder: true
            );
        var context = await server.Client.SendAsync(
            HttpMethod.Get,
            $"/v1/{server.Client.Parent}/metadataStores/default/contexts/custom-jobs-job-{((string)job["name"]!).Split('/')[^1]}"
        );
        ((double)context["metadata"]!["_params"]!["epochs"]!).ShouldBe(5);
    }

    [Fact]
    public async Task tags_tell_the_image_the_machine_and_what_the_submitter_adds()
    {
        var given = JobsClient.Container(JobsClient.SklearnImage, ["true"], []);
        given["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = new JsonArray(
            new JsonObject
            {
                ["name"] = "MLFLOW_RUN_CONTEXT",
                ["value"] =
                    """{"mlflow.source.git.commit": "0123abcd", "mlflow.user": "ada", "mlflow.source.name": "someone else's", "list": [1], "bad\u0001key": "x"}""",
            }
        );
        var job = await server.Client.RunAsync(given);

        var run = await RunAsync(job);
        var tags = Pairs(run["data"]!["tags"]!);
        tags["mlflow.source.git.commit"].ShouldBe("0123abcd");
        tags["mlflow.user"].ShouldBe("ada");
        ((string)run["info"]!["user_id"]!).ShouldBe("ada");
        tags["mlflow.source.name"].ShouldBe((string)job["name"]!);
        tags["mlflow.source.type"].ShouldBe("JOB");
        tags["mlflow.docker.image.uri"].ShouldBe(JobsClient.SklearnImage);
        tags["cairn.machine_type"].ShouldBe("n1-standard-4");
        tags.Keys.ShouldNotContain("list");
    }

    [Fact]
    public async Task a_context_that_is_no_json_is_the_programs_own_affair()
    {
        var given = JobsClient.Container(JobsClient.SklearnImage, ["true"], []);
        given["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = new JsonArray(
            new JsonObject { ["name"] = "MLFLOW_RUN_CONTEXT", ["value"] = "{" }
        );

        ((string)(await server.Client.RunAsync(given))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
    }

    private static Dictionary<string, string> Pairs(JsonNode list) =>
        list.AsArray().ToDictionary(pair => (string)pair!["key"]!, pair => (string)pair!["value"]!);

    private async Task<JsonNode> RunAsync(JsonObject job) =>
        (
            await server.Client.SendAsync(
                HttpMethod.Get,
                $"/{server.Client.Parent}/api/2.0/mlflow/runs/get?run_id={(string)job["labels"]!["cairn-run"]!}"
            )
        )["run"]!;
}
