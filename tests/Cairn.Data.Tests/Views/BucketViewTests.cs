using Cairn.Data.Buckets;
using Cairn.Data.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Data.Tests.Views;

public sealed class BucketViewTests : IAsyncLifetime
{
    private DataFixture _data = null!;
    private string _root = null!;

    public async ValueTask InitializeAsync()
    {
        _data = await DataFixture.StartAsync();
        _root = _data.View.Directory(DataFixture.Bucket).ShouldNotBeNull();
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task objects_are_files_as_soon_as_they_are_there()
    {
        await _data.PutAsync("train/data.csv", "1");
        Tree().ShouldBe(["train/", "train/data.csv"]);
        await _data.PutAsync("train/data.csv", "2");
        (await File.ReadAllTextAsync(Path.Combine(_root, "train/data.csv"))).ShouldBe("2");

        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "train/data.csv"));
        Tree().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_file_that_a_task_has_open_keeps_its_bytes()
    {
        await _data.PutAsync("a", "old");
        using var reader = new StreamReader(Path.Combine(_root, "a"));

        await _data.PutAsync("a", "new");

        (await reader.ReadToEndAsync()).ShouldBe("old");
    }

    [Fact]
    public async Task where_an_object_is_also_a_folder_the_folder_is_seen_and_the_object_returns_when_it_goes()
    {
        await _data.PutAsync("a", "file");
        Tree().ShouldBe(["a"]);
        await _data.PutAsync("a/b", "below");
        Tree().ShouldBe(["a/", "a/b"]);
        await _data.PutAsync("a", "changed");
        Tree().ShouldBe(["a/", "a/b"]);

        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a/b"));
        Tree().ShouldBe(["a"]);
        (await File.ReadAllTextAsync(Path.Combine(_root, "a"))).ShouldBe("changed");
    }

    [Fact]
    public async Task a_folder_object_is_an_empty_folder()
    {
        await _data.PutAsync("empty/", "");
        await _data.PutAsync("empty/x", "x");
        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "empty/x"));
        Tree().ShouldBe(["empty/"]);

        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "empty/"));
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
        await _data.PutAsync(name, "x");

        Tree().ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.GetDirectoryName(_root)!).ShouldBe([_root]);
        (await _data.ReadAsync(name)).ShouldBe("x");
    }

    [Fact]
    public async Task a_name_longer_than_a_file_may_have_is_left_out()
    {
        await _data.PutAsync(new string('n', 256), "x");
        Tree().ShouldBeEmpty();
    }

    [Fact]
    public async Task after_many_changes_at_once_the_files_are_the_objects()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        string[] names = ["a", "a/b", "a/b/c", "a/", "d/e", "d/f", "d", "g"];

        await Parallel.ForAsync(
            0,
            300,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) =>
            {
                var random = new Random(seed + i);
                var name = names[random.Next(names.Length)];
                if (random.Next(3) == 0)
                {
                    await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, name));
                }
                else
                {
                    await _data.PutAsync(name, $"{name}#{i}");
                }
            }
        );

        await ShouldBeTheObjectsAsync();
    }

    [Fact]
    public async Task what_a_crash_left_stale_missing_or_too_many_is_put_right_on_start()
    {
        await _data.PutAsync("stale", "right");
        await _data.PutAsync("missing/file", "right");
        await _data.PutAsync("gone/file", "right");
        await _data.Buckets.CreateAsync(new Bucket { Name = "bucket-2", Project = "demo" }, default);
        File.Delete(Path.Combine(_root, "stale"));
        await File.WriteAllTextAsync(Path.Combine(_root, "stale"), "wrong");
        Directory.Delete(Path.Combine(_root, "missing"), recursive: true);
        Directory.CreateDirectory(Path.Combine(_root, "extra/deep"));
        await File.WriteAllTextAsync(Path.Combine(_root, "extra/deep/file"), "no object");
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_root)!, "no-such-bucket/x"));
        Directory.Delete(_data.View.Directory("bucket-2")!);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_root)!, ".left-over"), "");

        await _data.Get<IEnumerable<IHostedService>>().OfType<BucketViewReconciler>().Single().ReconcileAsync(default);

        await ShouldBeTheObjectsAsync();
        Directory
            .GetFileSystemEntries(Path.GetDirectoryName(_root)!)
            .Order()
            .ShouldBe([_root, Path.Combine(Path.GetDirectoryName(_root)!, "bucket-2")]);
    }

    [Fact]
    public async Task a_deleted_bucket_has_no_folder()
    {
        await _data.Buckets.DeleteAsync(DataFixture.Bucket, Preconditions.None, default);

        _data.View.Directory(DataFixture.Bucket).ShouldBeNull();
        _data.View.Directory("../etc").ShouldBeNull();
        Directory.Exists(_root).ShouldBeFalse();
    }

    private async Task ShouldBeTheObjectsAsync()
    {
        var objects = new Dictionary<string, StoredObject>();
        await foreach (var item in _data.Objects.ListAsync(new GsUri(DataFixture.Bucket, "")))
        {
            objects.Add(item.Name, item);
        }

        var visible = objects
            .Values.Where(item =>
                !item.Name.EndsWith('/') && !objects.Keys.Any(other => other.StartsWith(item.Name + "/", StringComparison.Ordinal))
            )
            .ToList();
        Tree().Where(name => !name.EndsWith('/')).ShouldBe(visible.Select(item => item.Name), ignoreOrder: true);
        foreach (var item in visible)
        {
            (await File.ReadAllTextAsync(Path.Combine(_root, item.Name))).ShouldBe(await _data.ReadAsync(item.Name));
        }
    }

    private List<string> Tree() =>
        [
            .. Directory
                .GetFileSystemEntries(_root, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_root, path) + (Directory.Exists(path) ? "/" : ""))
                .Order(StringComparer.Ordinal),
        ];
}
