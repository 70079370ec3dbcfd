namespace Cairn.Jobs.Tests.Jobs;

/// <summary><c>/gcs/BUCKET</c> inside tasks.</summary>
public sealed class BucketFolderTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task objects_are_files_and_files_become_objects()
    {
        await _client.UploadAsync("folder/in.txt", "input"u8.ToArray());

        (
            await _client.OutputAsync(
                JobsClient.Python(
                    $"""
                    import os
                    print(open("/gcs/{JobsClient.Bucket}/folder/in.txt").read())
                    os.makedirs("/gcs/{JobsClient.Bucket}/folder/out/deep")
                    open("/gcs/{JobsClient.Bucket}/folder/out/deep/grüße und mehr.txt", "w").write("output")
                    """
                )
            )
        ).ShouldBe(["input"]);

        (await _client.DownloadAsync("folder/out/deep/grüße und mehr.txt")).ShouldBe("output");
    }

    [Fact]
    public async Task changing_a_file_in_place_makes_a_new_object_and_leaves_the_old_bytes_alone()
    {
        await _client.UploadAsync("place/data.txt", "before"u8.ToArray());
        var view = Path.Combine(server.Process.Data, "gcs-view", JobsClient.Bucket, "place", "data.txt");
        using var old = File.OpenRead(view);

        await _client.OutputAsync(
            JobsClient.Python(
                $"""
                with open("/gcs/{JobsClient.Bucket}/place/data.txt", "r+") as file:
                    file.write("AFTER!")
                """
            )
        );

        (await _client.DownloadAsync("place/data.txt")).ShouldBe("AFTER!");
        new StreamReader(old).ReadToEnd().ShouldBe("before");
    }

    [Fact]
    public async Task a_deleted_file_is_a_deleted_object_and_what_is_only_read_stays()
    {
        await _client.UploadAsync("gone/a.txt", "a"u8.ToArray());
        await _client.UploadAsync("gone/b.txt", "b"u8.ToArray());
        await _client.UploadAsync("tree/x/y.txt", "y"u8.ToArray());

        await _client.OutputAsync(
            JobsClient.Python(
                $"""
                import os, shutil
                os.remove("/gcs/{JobsClient.Bucket}/gone/a.txt")
                open("/gcs/{JobsClient.Bucket}/gone/b.txt", "r+").close()
                shutil.rmtree("/gcs/{JobsClient.Bucket}/tree")
                """
            )
        );

        (await _client.DownloadAsync("gone/a.txt")).ShouldBeNull();
        (await _client.DownloadAsync("gone/b.txt")).ShouldBe("b");
        (await _client.DownloadAsync("tree/x/y.txt")).ShouldBeNull();
    }

    [Fact]
    public async Task what_a_failed_job_wrote_is_kept()
    {
        var ended = await _client.RunAsync(
            JobsClient.Python(
                $"""
                open("/gcs/{JobsClient.Bucket}/checkpoint.bin", "w").write("step 7")
                raise SystemExit(1)
                """
            )
        );

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        (await _client.DownloadAsync("checkpoint.bin")).ShouldBe("step 7");
    }

    [Fact]
    public async Task a_file_at_rest_is_published_while_the_job_runs()
    {
        var name = await _client.SubmitAsync(
            JobsClient.Python(
                $"""
                import time
                open("/gcs/{JobsClient.Bucket}/early.txt", "w").write("early")
                time.sleep(120)
                """
            )
        );

        await Testing.Poll.UntilAsync(async () => await _client.DownloadAsync("early.txt") == "early", "the file to be published");

        ((string)(await _client.GetAsync(name))["state"]!).ShouldBe("JOB_STATE_RUNNING");
        await _client.CancelAsync(name);
        await _client.WaitAsync(name, "JOB_STATE_CANCELLED");
    }
}
