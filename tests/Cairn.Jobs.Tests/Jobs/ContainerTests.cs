using System.Text.Json.Nodes;
using Cairn.Jobs.Tests.Executors;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Images that are not mapped to a local environment.</summary>
public sealed class ContainerTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task an_image_runs_with_the_environment_and_the_buckets()
    {
        var image = await BusyboxImage.EnsureAsync();
        await _client.UploadAsync("container/in.txt", "from the bucket"u8.ToArray());
        var job = JobsClient.Container(
            image,
            ["sh", "-c"],
            [
                $"cat /gcs/{JobsClient.Bucket}/container/in.txt; echo; echo $CLOUD_ML_PROJECT_ID $MINE; echo made > /gcs/{JobsClient.Bucket}/container/out.txt",
            ]
        );
        job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = JsonNode.Parse("""[{"name":"MINE","value":"two words"}]""");

        (await _client.OutputAsync(job)).ShouldBe(["from the bucket", "demo two words"]);

        (await _client.DownloadAsync("container/out.txt")).ShouldBe("made\n");
    }

    [Fact]
    public async Task a_container_has_the_memory_of_its_machine_type_and_says_when_that_did_not_suffice()
    {
        var image = await BusyboxImage.EnsureAsync();
        var job = JobsClient.Container(image, ["sh", "-c"], ["ulimit -c; exec dd if=/dev/zero of=/dev/null bs=700M count=1"]);
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"]!["machineType"] = "custom-1-256";

        var ended = await _client.RunAsync(job);

        ((string)ended["error"]!["message"]!).ShouldBe(
            "The job used more than 256 MiB of memory, what its machine type custom-1-256 has. Ask for a machine type with more memory."
        );
        (await _client.LinesAsync((string)ended["name"]!)).ShouldBe(["0"]);
    }

    [Fact]
    public async Task an_image_that_is_nowhere_is_named()
    {
        await BusyboxImage.EnsureAsync();

        var job = await _client.RunAsync(JobsClient.Container("localhost/no-such-image:1", [], []));

        ((string)job["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)job["error"]!["message"]!).ShouldContain("'localhost/no-such-image:1'");
        ((string)job["error"]!["message"]!).ShouldContain("images.yaml");
    }
}
