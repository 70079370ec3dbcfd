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

    public void Dispose() => directory.Dispose();
}
