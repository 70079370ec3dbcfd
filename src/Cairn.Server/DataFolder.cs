using Cairn.Kernel.Errors;

namespace Cairn.Server;

/// <summary>The server's own folder, held by one server at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream held;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    /// <exception cref="StatusException">FAILED_PRECONDITION where another server has it, or it cannot be made.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            // What is in it (tokens' hashes, keys, models) is nobody else's to read.
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var held = new FileStream(System.IO.Path.Combine(full, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(full, held);
        }
        catch (UnauthorizedAccessException error)
        {
            throw StatusException.FailedPrecondition($"The data folder '{full}' cannot be used: {error.Message}");
        }
        catch (IOException error)
        {
            throw StatusException.FailedPrecondition($"The data folder '{full}' cannot be used; another server may be running on it. ({error.Message})");
        }
    }

    public void Dispose() => held.Dispose();
}
