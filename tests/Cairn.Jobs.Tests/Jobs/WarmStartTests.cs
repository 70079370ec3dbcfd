using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Jobs that start from weights that are there.</summary>
public sealed class WarmStartTests(Server server)
{
    private const string Program = """
        import os
        start = os.environ.get("AIP_INITIAL_WEIGHTS_URI")
        weights = open(start.replace("gs://", "/gcs/") + "/weights.txt").read() if start else "nothing"
        folder = os.environ["AIP_MODEL_DIR"].replace("gs://", "/gcs/")
        os.makedirs(folder)
        open(folder + "/weights.txt", "w").write(weights + "+")
        print("from", weights)
        """;

    private readonly JobsClient client = server.Client;

    [Fact]
    public async Task an_address_is_given_to_the_task_and_recorded_as_what_the_job_read()
    {
        await client.UploadAsync("warm/base/weights.txt", "base"u8.ToArray());
        var ended = await client.RunAsync(Job("address", $"gs://{JobsClient.Bucket}/warm/base"));

        (await client.LinesAsync((string)ended["name"]!)).ShouldBe(["from base"], ended.ToJsonString());
        using var rest = new RestClient(server.Process.Http);
        var graph = await rest.GetAsync($"/v1/{client.Parent}/metadataStores/default/executions/custom-job-{((string)ended["name"]!).Split('/')[^1]}:queryExecutionInputsAndOutputs");
        graph["artifacts"]!.AsArray().Select(artifact => ((string)artifact!["uri"]!).TrimEnd('/')).ShouldContain($"gs://{JobsClient.Bucket}/warm/base");
    }

    [Fact]
    public async Task an_earlier_job_and_its_run_are_named_by_their_ids()
    {
        var first = await client.RunAsync(Job("first", null));
        ((string)first["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", first.ToJsonString());

        var second = await client.RunAsync(Job("second", $"customJobs/{((string)first["name"]!).Split('/')[^1]}"));

        (await client.LinesAsync((string)second["name"]!)).ShouldBe(["from nothing+"], second.ToJsonString());
    }

    [Fact]
    public async Task a_warm_up_runs_once_and_is_used_again()
    {
        var key = $"key-{Guid.NewGuid():n}";
        var warm = Job("warm-up-1", $"warm-up:{key}");
        warm["labels"] = new JsonObject { ["warm_up_key"] = key };
        var first = await client.RunAsync(warm);

        var second = await client.RunAsync(Job("warm-up-2", $"warm-up:{key}"));

        (await client.LinesAsync((string)first["name"]!)).ShouldBe(["from nothing"], first.ToJsonString());
        (await client.LinesAsync((string)second["name"]!)).ShouldBe(["from nothing+"], second.ToJsonString());
    }

    [Theory]
    [InlineData("gs://jobs-tests/warm/absent", "there is no such object or folder")]
    [InlineData("gs://no-such-bucket-of-ours/x", "there is no such object or folder")]
    [InlineData("runs:/0123456789abcdef/model", "there is no run")]
    [InlineData("customJobs/1", "does not exist")]
    [InlineData("models:/none/1", "none")]
    [InlineData("warm-up:A b", "a key has")]
    [InlineData("/etc/passwd", "it must be gs://")]
    public async Task what_is_not_there_is_told_before_the_start(string weights, string part) => (await client.RefusalAsync(Job("refused", weights))).Message.ShouldContain(part);

    private static JsonObject Job(string output, string? weights)
    {
        var job = JobsClient.Python(Program);
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/out/warm/{output}" };
        if (weights is not null)
        {
            job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = new JsonArray(new JsonObject { ["name"] = "CAIRN_INITIAL_WEIGHTS", ["value"] = weights });
        }

        return job;
    }
}
