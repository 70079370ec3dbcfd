using Cairn.Kernel.Files;

namespace Cairn.Jobs.Interop;

/// <summary>Files that are there whole or not at all, whatever happens to the machine.</summary>
internal static class DurableFile
{
    /// <summary>Publishes a file: written beside its place, synced, renamed, and the folder synced. Readable by the owner alone.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // Made anew under a name that nobody foresees: where a task may write the folder too, a link in its place would lead the server's hand elsewhere.
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }
}
