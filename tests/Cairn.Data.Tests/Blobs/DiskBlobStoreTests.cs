using Cairn.Kernel.Blobs;
using Cairn.Kernel.Time;

namespace Cairn.Data.Tests.Blobs;

public sealed class DiskBlobStoreTests : BlobStoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DiskBlobStore _store;

    public DiskBlobStoreTests() => _store = new DiskBlobStore(_directory.Path, new RandomIdSource(), TimeProvider.System);

    protected override IBlobStore Store => _store;

    [Fact]
    public async Task a_blob_is_a_read_only_file()
    {
        var id = await WriteAsync([1, 2, 3]);

        var path = _store.LocalPath(id)!;
        (await File.ReadAllBytesAsync(path)).ShouldBe([1, 2, 3]);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task a_discarded_writer_leaves_no_file()
    {
        await using (var writer = await _store.CreateAsync())
        {
            await writer.WriteAsync(new byte[2_000_000]);
        }

        Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_folder_of_blobs_comes_into_being_with_its_first()
    {
        Directory.GetDirectories(_directory.Path).Select(Path.GetFileName).ShouldBe(["tmp"]);
        (await _store.ListAsync().CountAsync()).ShouldBe(0);
        var id = await WriteAsync([1]);
        Directory.GetDirectories(_directory.Path).Select(Path.GetFileName).ShouldBe(["tmp", id[..2]], ignoreOrder: true);
        (await _store.ListAsync().ToListAsync()).Single().Id.ShouldBe(id);
        var other = (id[0] == '0' ? '1' : '0') + id[1..];
        await Should
            .ThrowAsync<Exception>(() => _store.OpenAsync(other))
            .ContinueWith(static task => task.Result.Message.ShouldContain("blob"), TaskScheduler.Default);
        await _store.DeleteAsync(other);
    }

    [Fact]
    public async Task a_folder_of_blobs_that_somebody_removed_is_made_again()
    {
        // There are 256 folders: of a hundred blobs some dozens are in one that another hundred had.
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                await WriteAsync([1]);
            }

            foreach (
                var folder in Directory
                    .GetDirectories(_directory.Path)
                    .Where(static path => !path.EndsWith("/tmp", StringComparison.Ordinal))
            )
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    public void Dispose() => _directory.Dispose();
}
