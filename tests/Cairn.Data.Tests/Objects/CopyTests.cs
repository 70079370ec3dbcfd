using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Checksums;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Objects;

public sealed class CopyTests : IAsyncLifetime
{
    private DataFixture _data = null!;

    private ObjectCopier Copier => _data.Get<ObjectCopier>();

    public async ValueTask InitializeAsync() => _data = await DataFixture.StartAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task a_copy_shares_the_bytes_and_outlives_its_source()
    {
        var source = await _data.PutAsync("a", "text");

        var (_, copy) = await Copier.CopyAsync(Source("a"), DataFixture.Bucket, "b", null, Preconditions.None, default);
        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "a"));

        copy.Content.Blob.ShouldBe(source.BlobId);
        (await _data.ReadAsync("b")).ShouldBe("text");

        await _data.Objects.DeleteAsync(new GsUri(DataFixture.Bucket, "b"));
        File.Exists(_data.Blobs.LocalPath(source.BlobId)).ShouldBeFalse();
    }

    [Fact]
    public async Task an_object_copied_onto_itself_keeps_its_bytes()
    {
        var first = await _data.PutAsync("a", "text");

        var (_, copy) = await Copier.CopyAsync(
            Source("a"),
            DataFixture.Bucket,
            "a",
            new ObjectMetadata { ContentType = "text/x" },
            Preconditions.None,
            default
        );

        copy.Generation.ShouldBeGreaterThan(first.Generation);
        (await _data.ReadAsync("a")).ShouldBe("text");
    }

    [Fact]
    public async Task moving_leaves_one_object()
    {
        await _data.PutAsync("a", "text");
        await _data.PutAsync("b", "replaced");

        await Copier.MoveAsync(Source("a"), "b", Preconditions.None, default);

        (await _data.ReadAsync("b")).ShouldBe("text");
        (await _data.Objects.FindAsync(new GsUri(DataFixture.Bucket, "a"))).ShouldBeNull();
    }

    [Fact]
    public async Task composing_concatenates_and_combines_the_checksums()
    {
        for (var i = 0; i < 32; i++)
        {
            await _data.PutAsync($"part/{i}", new string((char)('a' + (i % 26)), i * 100));
        }

        var composed = await Copier.ComposeAsync(
            DataFixture.Bucket,
            "whole",
            [.. Enumerable.Range(0, 32).Select(i => Source($"part/{i}"))],
            ObjectMetadata.Empty,
            Preconditions.None,
            default
        );
        var again = await Copier.ComposeAsync(
            DataFixture.Bucket,
            "whole",
            [Source("whole"), Source("whole")],
            ObjectMetadata.Empty,
            Preconditions.None,
            default
        );

        var text = string.Concat(Enumerable.Range(0, 32).Select(i => new string((char)('a' + (i % 26)), i * 100)));
        (await _data.ReadAsync("whole")).ShouldBe(text + text);
        var crc = default(Crc32C);
        crc.Append(System.Text.Encoding.UTF8.GetBytes(text));
        composed.Content.Crc32C.ShouldBe(crc.Value);
        composed.Content.Md5.ShouldBeNull();
        composed.Content.Components.ShouldBe(32);
        again.Content.Components.ShouldBe(64);
        crc.Append(System.Text.Encoding.UTF8.GetBytes(text));
        again.Content.Crc32C.ShouldBe(crc.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public async Task compose_takes_from_1_to_32_sources(int count)
    {
        await _data.PutAsync("a", "x");
        var sources = Enumerable.Repeat(Source("a"), count).ToList();

        (
            await Should.ThrowAsync<StatusException>(() =>
                Copier.ComposeAsync(DataFixture.Bucket, "b", sources, ObjectMetadata.Empty, Preconditions.None, default)
            )
        ).Message.ShouldContain($"{count} entries");
    }

    private static ObjectSource Source(string name) => new(DataFixture.Bucket, name, null, Preconditions.None);
}
