using Cairn.Kernel.Errors;

namespace Cairn.Server;

/// <summary>
/// The server's own folder, held by one server at a time, and nobody else's to read: the folder and the folders in it have mode 0700, the
/// files in it 0600. What lies deeper cannot be reached but through them, and keeps the modes that whoever wrote it chose: the bytes of
/// objects are shown to tasks, and environments hold programs.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileModeOwn = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Entries of the folder that may be more open, each for a reason. There is none: a task that runs under another user is shown its own
    /// folders by its sandbox, which resolves their paths before it becomes that user.
    /// </summary>
    private static readonly Dictionary<string, UnixFileMode> Exceptions = [];

    private readonly FileStream _held;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _held = held;
    }

    public string Path { get; }

    /// <exception cref="StatusException">FAILED_PRECONDITION where another server has it, or it cannot be made.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full, FolderMode);
            var held = new FileStream(
                System.IO.Path.Combine(full, "server.lock"),
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = FileModeOwn,
                }
            );
            return new DataFolder(full, held);
        }
        catch (UnauthorizedAccessException error)
        {
            throw StatusException.FailedPrecondition($"The data folder '{full}' cannot be used: {error.Message}");
        }
        catch (IOException error)
        {
            throw StatusException.FailedPrecondition(
                $"The data folder '{full}' cannot be used; another server may be running on it. ({error.Message})"
            );
        }
    }

    /// <summary>The folder and its entries that are more open than they should be, with the mode that they should have.</summary>
    public static IReadOnlyList<(string Path, UnixFileMode Mode, UnixFileMode Wanted)> TooOpen(string path) =>
        [
            .. new DirectoryInfo(path)
                .EnumerateFileSystemInfos()
                .Where(static entry => entry.LinkTarget is null)
                .Prepend(new DirectoryInfo(path))
                .Select(entry => (entry.FullName, entry.UnixFileMode, entry.UnixFileMode & Allowed(entry)))
                .Where(static entry => entry.Item3 != entry.UnixFileMode),
        ];

    /// <summary>Whether a server runs on the folder.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            // The lock is taken for a look only where nobody has it; a server that starts at this instant says that another may be running.
            using var held = new FileStream(
                System.IO.Path.Combine(path, "server.lock"),
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => _held.Dispose();

    private static UnixFileMode Allowed(FileSystemInfo entry) =>
        Exceptions.TryGetValue(entry.Name, out var own) ? own
        : entry is DirectoryInfo ? FolderMode
        : FileModeOwn;

    /// <summary>Closes what is too open; returns what others could read until now.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION for what others can read and this user may not change.</exception>
    public IReadOnlyList<string> Mend()
    {
        var mended = new List<string>();
        foreach (var (entry, mode, wanted) in TooOpen(Path))
        {
            try
            {
                File.SetUnixFileMode(entry, wanted);
                mended.Add(entry);
            }
            catch (UnauthorizedAccessException) when ((mode & Others) == 0)
            {
                // Somebody else's, who gave it to a group that this server is in: a volume of a cluster is like that.
            }
            catch (UnauthorizedAccessException)
            {
                throw StatusException.FailedPrecondition(
                    $"Others on this machine can open '{entry}', and it belongs to somebody else, so that the server cannot forbid it. Give it to the server's user, or take their rights away: chmod go-rwx '{entry}'."
                );
            }
            catch (FileNotFoundException)
            {
                // A temporary file of a command that runs beside the server.
            }
        }

        return mended;
    }
}
