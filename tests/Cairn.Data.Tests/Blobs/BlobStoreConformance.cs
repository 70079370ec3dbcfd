using Cairn.Kernel.Blobs;
using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Data.Tests.Blobs;

/// <summary>What every blob store promises. A store is tested by deriving from this.</summary>
public abstract class BlobStoreConformance
{
    protected abstract IBlobStore Store { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(3_000_001)]
    [InlineData(20_000_000)]
    public async Task what_was_written_is_read(int size)
    {
        var bytes = Random(size);
        var id = await WriteAsync(bytes, piece: 70_000);

        (await ReadAsync(id)).ShouldBe(bytes);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(999_990, 10)]
    [InlineData(500_000, 1)]
    [InlineData(70_000, null)]
    [InlineData(1_000_000, null)]
    [InlineData(17, 0)]
    public async Task a_range_is_read(int offset, int? length)
    {
        var bytes = Random(1_000_000);
        var id = await WriteAsync(bytes, piece: 70_000);

        (await ReadAsync(id, offset, length)).ShouldBe(bytes[offset..(length is { } l ? offset + l : bytes.Length)]);
    }

    [Fact]
    public async Task ids_are_hexadecimal_and_differ()
    {
        var first = await WriteAsync([1]);
        var second = await WriteAsync([1]);

        BlobId.IsValid(first).ShouldBeTrue(first);
        first.ShouldNotBe(second);
    }

    [Fact]
    public async Task nothing_can_be_read_before_the_commit_nor_after_a_discard()
    {
        string id;
        await using (var writer = await Store.CreateAsync())
        {
            id = writer.Id;
            await writer.WriteAsync(Random(6_000_000));
            writer.Length.ShouldBe(6_000_000);
            await ShouldBeMissingAsync(id);
        }

        await ShouldBeMissingAsync(id);
        (await ListAsync()).ShouldNotContain(id);
    }

    [Fact]
    public async Task a_deleted_blob_is_gone_and_deleting_it_again_succeeds()
    {
        var id = await WriteAsync([1, 2, 3]);

        await Store.DeleteAsync(id);
        await Store.DeleteAsync(id);

        await ShouldBeMissingAsync(id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("abc")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789")]
    public async Task what_is_no_id_is_no_blob(string id)
    {
        await ShouldBeMissingAsync(id);
        await Store.DeleteAsync(id);
        Store.LocalPath(id).ShouldBeNull();
    }

    [Fact]
    public async Task listing_gives_every_blob_with_its_time()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-5);
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await WriteAsync([(byte)i]));
        }

        var listed = new Dictionary<string, DateTimeOffset>();
        await foreach (var (id, modified) in Store.ListAsync())
        {
            listed.Add(id, modified);
        }

        ids.ShouldAllBe(id => listed[id] > before && listed[id] < DateTimeOffset.UtcNow.AddSeconds(5));
    }

    [Fact]
    public async Task a_blob_deleted_while_it_is_read_is_read_to_its_end()
    {
        var bytes = Random(300_000);
        var id = await WriteAsync(bytes);
        await using var stream = await Store.OpenAsync(id);
        var first = new byte[10];
        await stream.ReadExactlyAsync(first);

        await Store.DeleteAsync(id);

        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        rest.ToArray().ShouldBe(bytes[10..]);
    }

    [Fact]
    public async Task many_writers_at_once_do_not_disturb_each_other()
    {
        var contents = Enumerable.Range(0, 16).Select(i => Random(200_000 + i)).ToList();

        var ids = await Task.WhenAll(contents.Select(bytes => WriteAsync(bytes, piece: 8_000)));

        for (var i = 0; i < ids.Length; i++)
        {
            (await ReadAsync(ids[i])).ShouldBe(contents[i]);
        }
    }

    protected static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    protected async Task<string> WriteAsync(byte[] bytes, int piece = 1 << 20)
    {
        await using var writer = await Store.CreateAsync();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            await writer.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
        }

        await writer.CommitAsync();
        return writer.Id;
    }

    private async Task<byte[]> ReadAsync(string id, long offset = 0, long? length = null)
    {
        await using var stream = await Store.OpenAsync(id, offset, length);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<List<string>> ListAsync()
    {
        var ids = new List<string>();
        await foreach (var (id, _) in Store.ListAsync())
        {
            ids.Add(id);
        }

        return ids;
    }

    private async Task ShouldBeMissingAsync(string id) =>
        (await Should.ThrowAsync<StatusException>(async () => await (await Store.OpenAsync(id)).DisposeAsync())).Code.ShouldBe(
            Code.NotFound
        );
}
