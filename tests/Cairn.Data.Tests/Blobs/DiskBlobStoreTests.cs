using Cairn.Kernel.Blobs;
using Cairn.Kernel.Time;

namespace Cairn.Data.Tests.Blobs;

public sealed class DiskBlobStoreTests : BlobStoreConformance, IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly DiskBlobStore store;

    public DiskBlobStoreTests() => store = new DiskBlobStore(directory.Path, new RandomIdSource(), TimeProvider.System);

    protected override IBlobStore Store => store;

    [Fact]
    public async Task a_blob_is_a_read_only_file()
    {
        var id = await WriteAsync([1, 2, 3]);

        var path = store.LocalPath(id)!;
        (await File.ReadAllBytesAsync(path)).ShouldBe([1, 2, 3]);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task a_discarded_writer_leaves_no_file()
    {
        await using (var writer = await store.CreateAsync())
        {
            await writer.WriteAsync(new byte[2_000_000]);
        }

        Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_folder_of_blobs_comes_into_being_with_its_first()
    {
        Directory.GetDirectories(directory.Path).Select(Path.GetFileName).ShouldBe(["tmp"]);
        (await store.ListAsync().CountAsync()).ShouldBe(0);
        var id = await WriteAsync([1]);
        Directory.GetDirectories(directory.Path).Select(Path.GetFileName).ShouldBe(["tmp", id[..2]], ignoreOrder: true);
        (await store.ListAsync().ToListAsync()).Single().Id.ShouldBe(id);
        var other = (id[0] == '0' ? '1' : '0') + id[1..];
        await Should.ThrowAsync<Exception>(() => store.OpenAsync(other)).ContinueWith(static task => task.Result.Message.ShouldContain("blob"), TaskScheduler.Default);
        await store.DeleteAsync(other);
    }

    public void Dispose() => directory.Dispose();
}
