using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Environments;

/// <summary>
/// The folder of Python environments: <c>KEY/</c> is one, whole once it has its <c>environment.json</c>; <c>KEY.lock</c> is locked by those
/// who use it (shared) and by the one who builds or removes it (exclusively). The kernel gives a dead process's locks back, so a builder
/// that was killed leaves a folder without a record, which the next builder throws away.
/// </summary>
internal sealed class EnvironmentStore(string folder, TimeProvider time)
{
    private const string RecordName = "environment.json";
    private const string UsedName = "used";

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    /// <summary>Opens an environment, and builds it first where nobody has.</summary>
    /// <param name="key">Which.</param>
    /// <param name="build">Fills the folder; what it throws leaves no environment.</param>
    /// <param name="waiting">Called once, where another process is building it.</param>
    public async Task<EnvironmentLease> OpenAsync(
        string key,
        Func<string, CancellationToken, Task<EnvironmentRecord>> build,
        Action waiting,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        for (var told = false; ; )
        {
            if (TryUse(key) is { } lease)
            {
                return lease;
            }

            if (TryLock(key, exclusively: true) is { } held)
            {
                using (held)
                {
                    if (Read(key) is null)
                    {
                        await BuildAsync(key, build, cancellation);
                    }
                }

                continue;
            }

            if (!told)
            {
                told = true;
                waiting();
            }

            await Task.Delay(Retry, time, cancellation);
        }
    }

    /// <summary>The keys of all environments, whole or not.</summary>
    public IEnumerable<string> Keys() =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Select(static path => Path.GetFileName(path)!)
                .Where(static name => name.Length == EnvironmentKey.Length)
            : [];

    /// <summary>What an environment holds, or null where it is not whole.</summary>
    public EnvironmentRecord? Read(string key) => TaskJson.Read(Path.Combine(folder, key, RecordName), TaskJson.Default.EnvironmentRecord);

    /// <summary>When it was last opened.</summary>
    public DateTimeOffset Used(string key) => new(File.GetLastWriteTimeUtc(Path.Combine(folder, key, UsedName)));

    /// <summary>Removes an environment that nobody uses; returns whether it is gone.</summary>
    public bool TryRemove(string key)
    {
        using var held = TryLock(key, exclusively: true);
        if (held is null)
        {
            return false;
        }

        Remove(key);
        return true;
    }

    private EnvironmentLease? TryUse(string key)
    {
        var held = TryLock(key, exclusively: false);
        if (held is null || Read(key) is not { } record)
        {
            held?.Dispose();
            return null;
        }

        File.SetLastWriteTimeUtc(Path.Combine(folder, key, UsedName), time.GetUtcNow().UtcDateTime);
        return new EnvironmentLease(Path.Combine(folder, key), record, held);
    }

    private async Task BuildAsync(
        string key,
        Func<string, CancellationToken, Task<EnvironmentRecord>> build,
        CancellationToken cancellation
    )
    {
        Remove(key);
        var path = Path.Combine(folder, key);
        Directory.CreateDirectory(path);
        try
        {
            var record = await build(path, cancellation);
            DurableFile.Write(Path.Combine(path, UsedName), []);
            TaskJson.Write(Path.Combine(path, RecordName), record, TaskJson.Default.EnvironmentRecord);
        }
        catch
        {
            Remove(key);
            throw;
        }
    }

    /// <summary>The record goes first: what is removed by halves is not whole.</summary>
    private void Remove(string key)
    {
        var path = Path.Combine(folder, key);
        if (Directory.Exists(path))
        {
            File.Delete(Path.Combine(path, RecordName));
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>
    /// The lock, or null where another process holds one that excludes it. Lock files stay: one that were deleted could be held and made
    /// anew at the same time.
    /// </summary>
    private FileStream? TryLock(string key, bool exclusively)
    {
        var path = Path.Combine(folder, key + ".lock");
        try
        {
            return exclusively
                ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
        }
        catch (DirectoryNotFoundException)
        {
            throw;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
