using System.Text;
using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Data.Tests.Objects;

public sealed class ObjectsTests : IAsyncLifetime
{
    private DataFixture _data = null!;

    public async ValueTask InitializeAsync() => _data = await DataFixture.StartAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task what_is_put_is_read_with_its_checksums()
    {
        var item = await _data.PutAsync("greeting.txt", "hello world");

        item.Size.ShouldBe(11);
        item.Md5.ShouldBe("XrY7u+Ae7tCTyyK7j1rNww==");
        item.Crc32c.ShouldBe("yZRlqg==");
        (await _data.ReadAsync("greeting.txt")).ShouldBe("hello world");
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a", "a/")]
    [InlineData("x/../y", "x/./y")]
    [InlineData("/", "//")]
    [InlineData("ünïcødé/模型/🦜", "%2e%2e%2F")]
    [InlineData("back\\slash", "semi;colon#hash?")]
    public async Task names_that_no_file_system_holds_side_by_side_are_objects(string first, string second)
    {
        await _data.PutAsync(first, "first");
        await _data.PutAsync(second, "second");

        (await _data.ReadAsync(first)).ShouldBe("first");
        (await _data.ReadAsync(second)).ShouldBe("second");
    }

    [Fact]
    public async Task a_name_may_have_1024_bytes_and_no_more()
    {
        var longest = new string('n', 1021) + "€";
        await _data.PutAsync(longest, "x");

        (await _data.ReadAsync(longest)).ShouldBe("x");
        var error = await Should.ThrowAsync<StatusException>(() => _data.PutAsync(longest + "n", "x"));
        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain("1025");
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData(".well-known/acme-challenge/x")]
    public async Task forbidden_names_are_refused(string name) =>
        (await Should.ThrowAsync<StatusException>(() => _data.PutAsync(name, "x"))).Code.ShouldBe(Code.InvalidArgument);

    [Fact]
    public async Task a_name_with_half_a_surrogate_pair_is_refused() =>
        (await Should.ThrowAsync<StatusException>(() => _data.PutAsync("a\ud800", "x"))).Code.ShouldBe(Code.InvalidArgument);

    [Fact]
    public async Task listing_is_in_the_order_of_utf8_bytes()
    {
        string[] names = ["b", "a/b", "a", "a!", "\uFFFD", "😀", "z", "a/"];
        foreach (var name in names)
        {
            await _data.PutAsync(name, "x");
        }

        var listed = new List<string>();
        await foreach (var item in _data.Objects.ListAsync(new GsUri(DataFixture.Bucket, "")))
        {
            listed.Add(item.Name);
        }

        listed.ShouldBe(names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal));
    }

    [Fact]
    public async Task listing_a_prefix_passes_a_thousand()
    {
        await Parallel.ForAsync(
            0,
            1203,
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, _) => await _data.PutAsync($"many/{i:d5}", "x")
        );

        await _data.PutAsync("many", "x");
        await _data.PutAsync("many0", "x");

        var count = 0;
        await foreach (var item in _data.Objects.ListAsync(new GsUri(DataFixture.Bucket, "many/")))
        {
            item.Name.ShouldBe($"many/{count++:d5}");
        }

        count.ShouldBe(1203);
    }

    [Fact]
    public async Task replacing_gives_a_later_generation_and_frees_the_blob()
    {
        var first = await _data.PutAsync("a", "one");
        var second = await _data.PutAsync("a", "two");

        second.Generation.ShouldBeGreaterThan(first.Generation);
        File.Exists(_data.Blobs.LocalPath(first.BlobId)).ShouldBeFalse();
        File.Exists(_data.Objects.LocalPath(second)).ShouldBeTrue();
    }

    [Fact]
    public async Task deleting_says_whether_there_was_something()
    {
        var item = await _data.PutAsync("a", "one");

        (await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a"))).ShouldBeTrue();
        (await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a"))).ShouldBeFalse();
        (await _data.Objects.FindAsync(new GsUri(DataFixture.Bucket, "a"))).ShouldBeNull();
        File.Exists(_data.Blobs.LocalPath(item.BlobId)).ShouldBeFalse();
    }

    [Fact]
    public async Task a_missing_bucket_is_named_before_any_content_is_read()
    {
        var error = await Should.ThrowAsync<StatusException>(() =>
            _data.Objects.PutAsync(new GsUri("no-such", "a"), new MemoryStream([1]))
        );

        error.Code.ShouldBe(Code.NotFound);
        error.Message.ShouldContain("no-such");
        (await _data.Objects.ProjectOfAsync("no-such")).ShouldBeNull();
        (await _data.Objects.ProjectOfAsync(DataFixture.Bucket)).ShouldBe("demo");
    }

    [Fact]
    public async Task a_prefix_is_downloaded_as_files()
    {
        await _data.PutAsync("model/weights/w.bin", "w");
        await _data.PutAsync("model/meta.json", "{}");
        await _data.PutAsync("model-2/other", "no");
        using var target = new TemporaryDirectory();

        (await _data.Objects.DownloadAsync(new GsUri(DataFixture.Bucket, "model"), target.Path)).ShouldBe(2);

        Directory
            .GetFiles(target.Path, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(target.Path, path))
            .Order()
            .ShouldBe(["meta.json", "weights/w.bin"]);
        (await File.ReadAllTextAsync(target["weights/w.bin"])).ShouldBe("w");
    }

    [Theory]
    [InlineData("model/../../escape")]
    [InlineData("model//absolute")]
    [InlineData("model/a\\b")]
    public async Task a_prefix_with_names_that_leave_the_folder_is_not_downloaded(string name)
    {
        await _data.PutAsync(name, "x");
        using var target = new TemporaryDirectory();

        var error = await Should.ThrowAsync<StatusException>(() =>
            _data.Objects.DownloadAsync(new GsUri(DataFixture.Bucket, "model"), target.Path)
        );

        error.Code.ShouldBe(Code.InvalidArgument);
        Directory.GetFiles(target.Path, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
