namespace Cairn.Clients.Tests.Storage;

public sealed class GsutilTests(StorageServer server) : IClassFixture<StorageServer>
{
    private readonly string _bucket = $"gsutil-{Guid.NewGuid():n}"[..30];

    [Fact]
    public async Task files_and_folders_go_up_come_down_and_are_kept_in_step()
    {
        var gsutil = server.Gsutil();
        var large = server.RandomFile("gs-large.bin", 20_000_000);
        var tree = server.Tree("gs-tree");
        await gsutil.RunAsync("mb", "-l", "us-central1", $"gs://{_bucket}");

        await gsutil.RunAsync("cp", large, $"gs://{_bucket}/large.bin");
        await gsutil.RunAsync("cp", $"gs://{_bucket}/large.bin", server.Files["gs-large.back"]);
        File.ReadAllBytes(server.Files["gs-large.back"]).ShouldBe(File.ReadAllBytes(large));

        await gsutil.RunAsync("-m", "cp", "-r", tree, $"gs://{_bucket}/t");
        File.Delete(Path.Combine(tree, "file-0.txt"));
        await gsutil.RunAsync("-m", "rsync", "-r", "-d", tree, $"gs://{_bucket}/t");
        Directory.CreateDirectory(server.Files["gs-down"]);
        await gsutil.RunAsync("-m", "rsync", "-r", $"gs://{_bucket}/t", server.Files["gs-down"]);
        StorageServer.ShouldBeSame(tree, server.Files["gs-down"]);

        await gsutil.RunAsync("-m", "rm", "-r", $"gs://{_bucket}");
        (await gsutil.FailAsync("ls", $"gs://{_bucket}")).ShouldContain("404");
    }

    [Fact]
    public async Task objects_are_shown_moved_composed_and_changed()
    {
        var gsutil = server.Gsutil();
        File.WriteAllText(server.Files["gs-1.txt"], "1\n");
        File.WriteAllText(server.Files["gs-2.txt"], "2\n");
        await gsutil.RunAsync("mb", $"gs://{_bucket}");
        await gsutil.RunAsync("cp", "gs-1.txt", "gs-2.txt", $"gs://{_bucket}/d/");

        (await gsutil.RunAsync("cat", $"gs://{_bucket}/d/gs-1.txt")).ShouldBe("1");
        await gsutil.RunAsync("compose", $"gs://{_bucket}/d/gs-1.txt", $"gs://{_bucket}/d/gs-2.txt", $"gs://{_bucket}/both");
        await gsutil.RunAsync("mv", $"gs://{_bucket}/d/gs-1.txt", $"gs://{_bucket}/moved");
        await gsutil.RunAsync("setmeta", "-h", "Content-Type:text/markdown", $"gs://{_bucket}/both");
        await gsutil.RunAsync("versioning", "set", "on", $"gs://{_bucket}");

        (await gsutil.RunAsync("versioning", "get", $"gs://{_bucket}")).ShouldContain("Enabled");
        var stat = await gsutil.RunAsync("stat", $"gs://{_bucket}/both");
        stat.ShouldContain("text/markdown");
        stat.ShouldContain("Component-Count:        2");
        (await gsutil.RunAsync("ls", $"gs://{_bucket}/**"))
            .Split('\n')
            .ShouldBe([$"gs://{_bucket}/both", $"gs://{_bucket}/d/gs-2.txt", $"gs://{_bucket}/moved"]);
        (await gsutil.RunAsync("du", "-s", $"gs://{_bucket}")).ShouldStartWith("8 ");
    }
}
