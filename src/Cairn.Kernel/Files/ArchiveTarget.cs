using System.Buffers;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Files;

/// <summary>The directory that one archive is extracted to, with the count of what has come out so far.</summary>
internal sealed class ArchiveTarget(string directory, string archive, long archiveBytes, ArchiveLimits limits)
{
    private int _entries;
    private long _bytes;

    public int Files { get; private set; }

    public void AddDirectory(string name)
    {
        Count();
        // Tar archives of a whole folder begin with the folder itself.
        if (Clean(name) is { Length: > 0 } relative)
        {
            Create(PathGate.Join(directory, relative), name);
        }
    }

    public async Task AddFileAsync(string name, Stream content, bool executable, CancellationToken cancellation)
    {
        Count();
        var path = PathGate.Join(directory, Clean(name));
        Create(Path.GetDirectoryName(path)!, name);
        if (Path.Exists(path))
        {
            throw Refusal(name, "another entry has that name");
        }

        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
        {
            await CopyAsync(content, file, cancellation);
        }

        if (executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                path,
                File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
            );
        }

        Files++;
    }

    public StatusException Refusal(string name, string objection) =>
        StatusException.InvalidArgument($"The archive '{archive}' has the entry '{name}', which is not extracted: {objection}.");

    // "./a" is what tar writes for "tar -c .": the one harmless form of a '.' component.
    private static string Clean(string name)
    {
        while (name.StartsWith("./", StringComparison.Ordinal))
        {
            name = name[2..];
        }

        return name is "." ? "" : name;
    }

    private void Create(string path, string name)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (IOException)
        {
            throw Refusal(name, "a file stands where it needs a folder");
        }
    }

    private void Count()
    {
        if (++_entries > limits.MaxEntries)
        {
            throw TooMuch($"more than {limits.MaxEntries} entries");
        }
    }

    private async Task CopyAsync(Stream content, FileStream file, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
            {
                _bytes += read;
                if (_bytes > limits.MaxBytes)
                {
                    throw TooMuch($"more than {limits.MaxBytes} bytes");
                }

                if (_bytes > ArchiveLimits.RatioFloor && _bytes / limits.MaxRatio > archiveBytes)
                {
                    throw TooMuch($"more than {limits.MaxRatio} times its own size");
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private StatusException TooMuch(string what) =>
        StatusException.InvalidArgument($"The archive '{archive}' would become {what}; it is not extracted further.");
}
