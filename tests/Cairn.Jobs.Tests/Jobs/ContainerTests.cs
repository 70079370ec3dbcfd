using System.Text.Json.Nodes;
using Cairn.Jobs.Tests.Executors;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Images that are not mapped to a local environment.</summary>
public sealed class ContainerTests(Server server)
{
    private readonly JobsClient client = server.Client;

    [Fact]
    public async Task an_image_runs_with_the_environment_and_the_buckets()
    {
        var image = await BusyboxImage.EnsureAsync();
        await client.UploadAsync("container/in.txt", "from the bucket"u8.ToArray());
        var job = JobsClient.Container(image, ["sh", "-c"], [$"cat /gcs/{JobsClient.Bucket}/container/in.txt; echo; echo $CLOUD_ML_PROJECT_ID $MINE; echo made > /gcs/{JobsClient.Bucket}/container/out.txt"]);
        job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = JsonNode.Parse("""[{"name":"MINE","value":"two words"}]""");

        (await client.OutputAsync(job)).ShouldBe(["from the bucket", "demo two words"]);

        (await client.DownloadAsync("container/out.txt")).ShouldBe("made\n");
    }

    [Fact]
    public async Task an_image_that_is_nowhere_is_named()
    {
        await BusyboxImage.EnsureAsync();

        var job = await client.RunAsync(JobsClient.Container("localhost/no-such-image:1", [], []));

        ((string)job["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)job["error"]!["message"]!).ShouldContain("'localhost/no-such-image:1'");
        ((string)job["error"]!["message"]!).ShouldContain("images.yaml");
    }
}
