using Cairn.Data.Blobs.S3;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>A whole server with its objects on S3.</summary>
public sealed class S3Tests
{
    [Fact]
    public async Task a_job_reads_the_files_that_it_names_and_writes_objects()
    {
        Assert.SkipWhen(RadosGateway.Missing.Any(), $"A real S3 server needs {string.Join(", ", RadosGateway.Missing)}.");
        await using var gateway = new RadosGateway();
        await gateway.StartAsync();
        var text = $"s3://cairn-objects/prefix?endpoint={Uri.EscapeDataString(gateway.Endpoint!.ToString())}";
        using (var s3 = S3Clients.Create(S3Address.Parse(text), RadosGateway.AccessKey, RadosGateway.SecretKey))
        {
            await s3.PutBucketAsync("cairn-objects");
        }

        var credentials = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = RadosGateway.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = RadosGateway.SecretKey,
        };
        await using var server = await ServerProcess.StartAsync(arguments: ["--objects", text], environment: credentials);
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        await client.UploadAsync("in/a.txt", "first"u8.ToArray());
        await client.UploadAsync("in/deep/b.txt", "second"u8.ToArray());
        await client.UploadAsync("input-like.txt", "other"u8.ToArray());

        var code = """
            import os, sys
            folder = sys.argv[1].replace("gs://", "/gcs/")
            print(open(folder + "/a.txt").read(), open(folder + "/deep/b.txt").read(), os.listdir(os.path.dirname(folder)))
            open(folder + "/deep/b.txt", "w").write("changed")
            os.makedirs(folder + "/out")
            open(folder + "/out/c.txt", "w").write("new")
            """;
        (await client.OutputAsync(JobsClient.Python(code, $"gs://{JobsClient.Bucket}/in"))).ShouldBe(["first second ['in']"]);

        (await client.DownloadAsync("in/a.txt")).ShouldBe("first");
        (await client.DownloadAsync("in/deep/b.txt")).ShouldBe("changed");
        (await client.DownloadAsync("in/out/c.txt")).ShouldBe("new");
        await server.StopAsync();
        await server.RestartAsync();
        (await client.DownloadAsync("in/out/c.txt")).ShouldBe("new");
    }
}
