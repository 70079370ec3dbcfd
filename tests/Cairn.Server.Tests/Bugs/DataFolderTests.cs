using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>A folder that was there before the server stayed open to everybody, with a database that all could read.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Everyone = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task a_folder_that_others_could_read_is_theirs_no_longer()
    {
        var data = _scratch["data"];
        Directory.CreateDirectory(Path.Combine(data, "objects"));
        File.SetUnixFileMode(data, Everyone);
        File.SetUnixFileMode(Path.Combine(data, "objects"), Everyone);
        foreach (var file in (string[])["cairn.db", "images.yaml"])
        {
            await File.WriteAllTextAsync(Path.Combine(data, file), "");
            File.SetUnixFileMode(Path.Combine(data, file), Readable);
        }

        await using var server = await CairnServer.StartAsync(RunningServer.Options(data));

        foreach (var entry in new DirectoryInfo(data).EnumerateFileSystemInfos().Prepend(new DirectoryInfo(data)))
        {
            var allowed = entry is DirectoryInfo ? Owner | UnixFileMode.UserExecute : Owner;
            (entry.UnixFileMode & ~allowed).ShouldBe(UnixFileMode.None, entry.FullName);
        }
    }
}
