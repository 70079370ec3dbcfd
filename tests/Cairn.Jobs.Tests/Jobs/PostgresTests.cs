using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>
/// The whole road, from a job to predictions from what it trained, with the store on PostgreSQL; over a kill of the server as well.
/// </summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task a_job_trains_what_an_endpoint_serves_with_the_store_on_postgresql()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/sklearn"), "Debian's python3-sklearn is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await ServerProcess.StartAsync(arguments: ["--store", await postgres.CreateDatabaseAsync()]);
        using var client = new JobsClient(server);
        using var rest = new RestClient(server.Http);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync(
            "trainer-0.1.tar.gz",
            SourcePackage.Tar(
                "trainer",
                (
                    "trainer.py",
                    """
                    import os, time, joblib
                    from sklearn.linear_model import LogisticRegression
                    print("training", flush=True)
                    time.sleep(2)
                    folder = "/gcs/" + os.environ["AIP_MODEL_DIR"][len("gs://"):]
                    os.makedirs(folder, exist_ok=True)
                    joblib.dump(LogisticRegression().fit([[0, 0], [1, 1], [0, .1], [1, .9]], ["a", "b", "a", "b"]), folder + "/model.joblib")
                    print("trained", flush=True)
                    """
                )
            )
        );
        var job = JobsClient.Package("trainer", [$"gs://{JobsClient.Bucket}/trainer-0.1.tar.gz"]);
        job["jobSpec"]!["baseOutputDirectory"] = new System.Text.Json.Nodes.JsonObject
        {
            ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/runs/1",
        };

        var name = await client.SubmitAsync(job);
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Contains("training"), "the job to train");
        server.Kill();
        await server.RestartAsync();
        var ended = await client.WaitAsync(name);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        (await client.LinesAsync(name)).ShouldBe(["training", "trained"]);
        var endpoint = await rest.ServeAsync(
            $"gs://{JobsClient.Bucket}/runs/1/model",
            "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest"
        );
        (await rest.PredictAsync(endpoint, "[[0,0],[1,1]]")).ShouldBe("""["a","b"]""");

        server.Kill();
        await server.RestartAsync();
        await Poll.UntilAsync(
            async () =>
                (await rest.TrySendAsync(HttpMethod.Post, $"/v1/{endpoint}:predict", new { instances = new[] { new[] { 0, 0 } } }))
                    .Body["predictions"]
                    ?.ToJsonString() == """["a"]""",
            "the endpoint to predict again"
        );
        (await rest.GetAsync($"{ServingSteps.Parent()}/customJobs"))["customJobs"]!.AsArray().ShouldHaveSingleItem();
    }
}
