using System.Text.Json.Nodes;

namespace Cairn.Clients.Tests.Storage;

public sealed class GcloudStorageTests(StorageServer server) : IClassFixture<StorageServer>
{
    private readonly string _bucket = $"gcloud-{Guid.NewGuid():n}"[..30];

    [Fact]
    public async Task buckets_are_created_described_updated_listed_and_deleted()
    {
        var gcloud = server.Gcloud();
        await gcloud.RunAsync("storage", "buckets", "create", $"gs://{_bucket}", "--location=us-central1");
        await gcloud.RunAsync("storage", "buckets", "update", $"gs://{_bucket}", "--versioning", "--update-labels=team=ml");

        var described = JsonNode.Parse(await gcloud.RunAsync("storage", "buckets", "describe", $"gs://{_bucket}", "--format=json"))!;
        described["name"]!.GetValue<string>().ShouldBe(_bucket);
        described["location"]!.GetValue<string>().ShouldBe("US-CENTRAL1");
        described["versioning_enabled"]!.GetValue<bool>().ShouldBeTrue();
        described["labels"]!["team"]!.GetValue<string>().ShouldBe("ml");
        (await gcloud.RunAsync("storage", "buckets", "list", "--format=value(name)")).Split('\n').ShouldContain(_bucket);
        (await gcloud.FailAsync("storage", "buckets", "create", $"gs://{_bucket}")).ShouldContain("409");

        await gcloud.RunAsync("storage", "buckets", "delete", $"gs://{_bucket}");
        (await gcloud.FailAsync("storage", "buckets", "describe", $"gs://{_bucket}")).ShouldContain("404");
    }

    [Fact]
    public async Task settings_of_a_bucket_are_set_read_and_carried_out()
    {
        var gcloud = server.Gcloud();
        File.WriteAllText(
            server.Files["rules.json"],
            """{"lifecycle":{"rule":[{"action":{"type":"Delete"},"condition":{"age":30,"matchesPrefix":["tmp/"]}}]}}"""
        );
        File.WriteAllText(server.Files["cors.json"], """[{"origin":["https://app.example"],"method":["GET"],"maxAgeSeconds":3600}]""");
        File.WriteAllText(server.Files["a.txt"], "hello");
        await gcloud.RunAsync("storage", "buckets", "create", $"gs://{_bucket}");
        await gcloud.RunAsync(
            "storage",
            "buckets",
            "update",
            $"gs://{_bucket}",
            $"--lifecycle-file={server.Files["rules.json"]}",
            $"--cors-file={server.Files["cors.json"]}",
            "--retention-period=30d",
            "--soft-delete-duration=7d",
            "--public-access-prevention"
        );

        var described = JsonNode.Parse(await gcloud.RunAsync("storage", "buckets", "describe", $"gs://{_bucket}", "--format=json"))!;
        described["lifecycle_config"]!["rule"]![0]!["condition"]!["age"]!.GetValue<int>().ShouldBe(30);
        described["cors_config"]![0]!["origin"]![0]!.GetValue<string>().ShouldBe("https://app.example");
        described["retention_policy"]!["retentionPeriod"]!.GetValue<string>().ShouldBe("2592000");
        described["soft_delete_policy"]!["retentionDurationSeconds"]!.GetValue<string>().ShouldBe("604800");
        described["public_access_prevention"]!.GetValue<string>().ShouldBe("enforced");

        var address = $"gs://{_bucket}/data/a.csv";
        await gcloud.RunAsync("storage", "cp", server.Files["a.txt"], address);
        (await gcloud.FailAsync("storage", "rm", address)).ShouldContain("retention");
        await gcloud.RunAsync("storage", "buckets", "update", $"gs://{_bucket}", "--clear-retention-period");
        await gcloud.RunAsync("storage", "rm", address);
        var deleted = (await gcloud.RunAsync("storage", "ls", "--soft-deleted", $"gs://{_bucket}/**"))
            .Split('\n')
            .Single(line => line.StartsWith(address, StringComparison.Ordinal));
        await gcloud.RunAsync("storage", "restore", deleted.Trim());
        (await gcloud.RunAsync("storage", "cat", address)).ShouldContain("hello");
    }

    [Fact]
    public async Task files_go_up_and_come_down_the_same()
    {
        var gcloud = server.Gcloud();
        var small = server.RandomFile("small.bin", 300_000);
        var large = server.RandomFile("large.bin", 40_000_000);
        await gcloud.RunAsync("storage", "buckets", "create", $"gs://{_bucket}");

        await gcloud.RunAsync("storage", "cp", small, $"gs://{_bucket}/dir/small.bin");
        await gcloud.RunAsync("storage", "cp", large, $"gs://{_bucket}/large.bin");
        await gcloud.RunAsync("storage", "cp", $"gs://{_bucket}/dir/small.bin", server.Files["small.back"]);
        await gcloud.RunAsync("storage", "cp", $"gs://{_bucket}/large.bin", server.Files["large.back"]);
        await gcloud.RunAsync("storage", "cp", $"gs://{_bucket}/large.bin", $"gs://{_bucket}/copy.bin");

        File.ReadAllBytes(server.Files["small.back"]).ShouldBe(File.ReadAllBytes(small));
        File.ReadAllBytes(server.Files["large.back"]).ShouldBe(File.ReadAllBytes(large));
        (await gcloud.RunAsync("storage", "ls", "-l", $"gs://{_bucket}/**")).ShouldContain("3 objects, 80300000 bytes");
        (await gcloud.FailAsync("storage", "cp", $"gs://{_bucket}/missing", server.Files["x"])).ShouldContain("matched no objects");
    }

    [Fact]
    public async Task folders_go_up_and_come_down_in_parallel_and_are_kept_in_step()
    {
        var gcloud = server.Gcloud();
        var tree = server.Tree("gcloud-tree");
        await gcloud.RunAsync("storage", "buckets", "create", $"gs://{_bucket}");

        await gcloud.RunAsync("storage", "cp", "-r", tree, $"gs://{_bucket}/up");
        await gcloud.RunAsync("storage", "cp", "-r", $"gs://{_bucket}/up", server.Files["gcloud-down"].Replace("gcloud-down", ""));
        StorageServer.ShouldBeSame(tree, server.Files["up"]);

        await gcloud.RunAsync("storage", "rsync", "-r", tree, $"gs://{_bucket}/sync");
        File.Delete(Path.Combine(tree, "file-0.txt"));
        File.WriteAllText(Path.Combine(tree, "sub/new.txt"), "new");
        await gcloud.RunAsync("storage", "rsync", "-r", "--delete-unmatched-destination-objects", tree, $"gs://{_bucket}/sync");
        Directory.CreateDirectory(server.Files["gcloud-synced"]);
        await gcloud.RunAsync("storage", "rsync", "-r", $"gs://{_bucket}/sync", server.Files["gcloud-synced"]);
        StorageServer.ShouldBeSame(tree, server.Files["gcloud-synced"]);

        await gcloud.RunAsync("storage", "rm", "-r", $"gs://{_bucket}");
        (await gcloud.FailAsync("storage", "ls", $"gs://{_bucket}")).ShouldContain("404");
    }

    [Fact]
    public async Task objects_are_shown_moved_composed_described_and_updated()
    {
        var gcloud = server.Gcloud();
        File.WriteAllText(server.Files["one.txt"], "one\n");
        File.WriteAllText(server.Files["two.txt"], "two\n");
        await gcloud.RunAsync("storage", "buckets", "create", $"gs://{_bucket}");
        await gcloud.RunAsync("storage", "cp", "one.txt", "two.txt", $"gs://{_bucket}/d/");

        (await gcloud.RunAsync("storage", "cat", $"gs://{_bucket}/d/one.txt", $"gs://{_bucket}/d/two.txt")).ShouldBe("one\ntwo");
        await gcloud.RunAsync(
            "storage",
            "objects",
            "compose",
            $"gs://{_bucket}/d/one.txt",
            $"gs://{_bucket}/d/two.txt",
            $"gs://{_bucket}/d/both.txt"
        );
        (await gcloud.RunAsync("storage", "cat", $"gs://{_bucket}/d/both.txt")).ShouldBe("one\ntwo");
        await gcloud.RunAsync("storage", "mv", $"gs://{_bucket}/d/one.txt", $"gs://{_bucket}/e/moved.txt");
        await gcloud.RunAsync(
            "storage",
            "objects",
            "update",
            $"gs://{_bucket}/d/both.txt",
            "--content-type=text/markdown",
            "--custom-metadata=a=b"
        );

        var described = JsonNode.Parse(
            await gcloud.RunAsync("storage", "objects", "describe", $"gs://{_bucket}/d/both.txt", "--format=json")
        )!;
        described["content_type"]!.GetValue<string>().ShouldBe("text/markdown");
        described["custom_fields"]!["a"]!.GetValue<string>().ShouldBe("b");
        described["component_count"]!.GetValue<int>().ShouldBe(2);
        (await gcloud.RunAsync("storage", "ls", $"gs://{_bucket}"))
            .Split('\n')
            .ShouldBe([$"gs://{_bucket}/d/", $"gs://{_bucket}/e/"], ignoreOrder: true);
        await gcloud.RunAsync("storage", "rm", $"gs://{_bucket}/d/*");
        (await gcloud.RunAsync("storage", "ls", "-r", $"gs://{_bucket}/**")).ShouldBe($"gs://{_bucket}/e/moved.txt");
    }
}
