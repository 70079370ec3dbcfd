using Cairn.Kernel.Errors;
using Cairn.Kernel.Files;

namespace Cairn.Jobs.Interop;

/// <summary>Files that are there whole or not at all, whatever happens to the machine.</summary>
internal static class DurableFile
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The same where it must not be lost: a disk that is full is waited for, until someone makes room or the server gives up what it keeps
    /// for this.
    /// </summary>
    public static async Task WriteInTimeAsync(Action write, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                write();
                return;
            }
            catch (IOException error) when (StorageErrors.Of(error) is not null)
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    /// <summary>Publishes a file: written beside its place, synced, renamed, and the folder synced. Readable by the owner alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="durable">
    /// False where the disk is not waited for: for what nobody asks for any more, or what does no harm where it is empty, once the machine
    /// has gone down.
    /// </param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable = true)
    {
        // Made anew under a name that nobody foresees: where a task may write the folder too, a link in its place would lead the server's
        // hand elsewhere.
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: durable);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            // Of a disk that is full, nothing more is taken by trying.
            File.Delete(temporary);
            throw;
        }

        if (durable)
        {
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
        }
    }
}
