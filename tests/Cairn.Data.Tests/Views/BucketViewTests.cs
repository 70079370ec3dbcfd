using Cairn.Data.Buckets;
using Cairn.Data.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Data.Tests.Views;

public sealed class BucketViewTests : IAsyncLifetime
{
    private DataFixture data = null!;
    private string root = null!;

    public async ValueTask InitializeAsync()
    {
        data = await DataFixture.StartAsync();
        root = data.View.Directory(DataFixture.Bucket).ShouldNotBeNull();
    }

    public ValueTask DisposeAsync() => data.DisposeAsync();

    [Fact]
    public async Task objects_are_files_as_soon_as_they_are_there()
    {
        await data.PutAsync("train/data.csv", "1");
        Tree().ShouldBe(["train/", "train/data.csv"]);
        await data.PutAsync("train/data.csv", "2");
        (await File.ReadAllTextAsync(Path.Combine(root, "train/data.csv"))).ShouldBe("2");

        await data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "train/data.csv"));
        Tree().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_file_that_a_task_has_open_keeps_its_bytes()
    {
        await data.PutAsync("a", "old");
        using var reader = new StreamReader(Path.Combine(root, "a"));

        await data.PutAsync("a", "new");

        (await reader.ReadToEndAsync()).ShouldBe("old");
    }

    [Fact]
    public async Task where_an_object_is_also_a_folder_the_folder_is_seen_and_the_object_returns_when_it_goes()
    {
        await data.PutAsync("a", "file");
        Tree().ShouldBe(["a"]);
        await data.PutAsync("a/b", "below");
        Tree().ShouldBe(["a/", "a/b"]);
        await data.PutAsync("a", "changed");
        Tree().ShouldBe(["a/", "a/b"]);

        await data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a/b"));
        Tree().ShouldBe(["a"]);
        (await File.ReadAllTextAsync(Path.Combine(root, "a"))).ShouldBe("changed");
    }

    [Fact]
    public async Task a_folder_object_is_an_empty_folder()
    {
        await data.PutAsync("empty/", "");
        await data.PutAsync("empty/x", "x");
        await data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "empty/x"));
        Tree().ShouldBe(["empty/"]);

        await data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "empty/"));
        Tree().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/../../escape")]
    [InlineData("/absolute")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("back\\slash")]
    public async Task names_that_no_file_system_holds_are_left_out(string name)
    {
        await data.PutAsync(name, "x");

        Tree().ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.GetDirectoryName(root)!).ShouldBe([root]);
        (await data.ReadAsync(name)).ShouldBe("x");
    }

    [Fact]
    public async Task a_name_longer_than_a_file_may_have_is_left_out()
    {
        await data.PutAsync(new string('n', 256), "x");
        Tree().ShouldBeEmpty();
    }

    [Fact]
    public async Task after_many_changes_at_once_the_files_are_the_objects()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        string[] names = ["a", "a/b", "a/b/c", "a/", "d/e", "d/f", "d", "g"];

        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var random = new Random(seed + i);
            var name = names[random.Next(names.Length)];
            if (random.Next(3) == 0)
            {
                await data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, name));
            }
            else
            {
                await data.PutAsync(name, $"{name}#{i}");
            }
        });

        await ShouldBeTheObjectsAsync();
    }

    [Fact]
    public async Task what_a_crash_left_stale_missing_or_too_many_is_put_right_on_start()
    {
        await data.PutAsync("stale", "right");
        await data.PutAsync("missing/file", "right");
        await data.PutAsync("gone/file", "right");
        await data.Buckets.CreateAsync(new Bucket { Name = "bucket-2", Project = "demo" }, default);
        File.Delete(Path.Combine(root, "stale"));
        await File.WriteAllTextAsync(Path.Combine(root, "stale"), "wrong");
        Directory.Delete(Path.Combine(root, "missing"), recursive: true);
        Directory.CreateDirectory(Path.Combine(root, "extra/deep"));
        await File.WriteAllTextAsync(Path.Combine(root, "extra/deep/file"), "no object");
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(root)!, "no-such-bucket/x"));
        Directory.Delete(data.View.Directory("bucket-2")!);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(root)!, ".left-over"), "");

        await data.Get<IEnumerable<IHostedService>>().OfType<BucketViewReconciler>().Single().ReconcileAsync(default);

        await ShouldBeTheObjectsAsync();
        Directory.GetFileSystemEntries(Path.GetDirectoryName(root)!).Order().ShouldBe([root, Path.Combine(Path.GetDirectoryName(root)!, "bucket-2")]);
    }

    [Fact]
    public async Task a_deleted_bucket_has_no_folder()
    {
        await data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default);

        data.View.Directory(DataFixture.Bucket).ShouldBeNull();
        data.View.Directory("../etc").ShouldBeNull();
        Directory.Exists(root).ShouldBeFalse();
    }

    private async Task ShouldBeTheObjectsAsync()
    {
        var objects = new Dictionary<string, StoredObject>();
        await foreach (var item in data.Objects.ListAsync(new GsUri(DataFixture.Bucket, "")))
        {
            objects.Add(item.Name, item);
        }

        var visible = objects.Values.Where(item => !item.Name.EndsWith('/') && !objects.Keys.Any(other => other.StartsWith(item.Name + "/", StringComparison.Ordinal))).ToList();
        Tree().Where(name => !name.EndsWith('/')).ShouldBe(visible.Select(item => item.Name), ignoreOrder: true);
        foreach (var item in visible)
        {
            (await File.ReadAllTextAsync(Path.Combine(root, item.Name))).ShouldBe(await data.ReadAsync(item.Name));
        }
    }

    private List<string> Tree()
        => [.. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path) + (Directory.Exists(path) ? "/" : ""))
            .Order(StringComparer.Ordinal)];
}
