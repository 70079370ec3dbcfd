using System.Runtime.InteropServices;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Files;

/// <summary>
/// Space of the data folder's disk that is kept back in a file. It is given up when the disk is full, so that what makes room (deletions)
/// and what must not be lost (the ends of jobs) goes through; until it can be taken back, what would store more is refused.
/// </summary>
public sealed partial class DiskReserve : IDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "reserve";

    private const long Smallest = 2 << 20;
    private const long Largest = 32 << 20;

    private static readonly HashSet<string> Harmless =
    [
        "get",
        "list",
        "delete",
        "cancel",
        "predict",
        "undeploy",
        "getIamPolicy",
        "removeDeleted",
    ];

    private readonly string _path;
    private readonly DriveInfo _disk;
    private readonly long _size;
    private readonly Lock _gate = new();
    private volatile bool _isFull;

    /// <param name="folder">The data folder; it must exist.</param>
    public DiskReserve(string folder)
    {
        _path = Path.Combine(folder, FileName);
        _disk = new DriveInfo(folder);
        _size = Math.Clamp(_disk.TotalSize / 16, Smallest, Largest);
        _isFull = !TryTake();
    }

    /// <summary>Whether the reserve has been given up, and there is no room yet to take it back.</summary>
    public bool IsFull => _isFull;

    /// <summary>Gives the reserve up. False where it has been already.</summary>
    public bool Release()
    {
        lock (_gate)
        {
            if (_isFull)
            {
                return false;
            }

            _isFull = true;
            File.Delete(_path);
            return true;
        }
    }

    /// <summary>
    /// Looks how much room there is: gives the reserve up where there is next to none, and takes it back where there is enough again.
    /// </summary>
    public void Look()
    {
        var free = _disk.AvailableFreeSpace;
        if (!_isFull && free < _size / 8)
        {
            Release();
            return;
        }

        lock (_gate)
        {
            if (_isFull && free >= 2 * _size)
            {
                _isFull = !TryTake();
            }
        }
    }

    /// <summary>Refuses what would store more while the disk is full. What a call does is told by the verb of its permission.</summary>
    /// <exception cref="StatusException">RESOURCE_EXHAUSTED, HTTP 507.</exception>
    public void Require(string permission)
    {
        if (_isFull && permission.LastIndexOf('.') is > 0 and var dot && !Harmless.Contains(permission[(dot + 1)..]))
        {
            throw StorageErrors.Full();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            File.Delete(_path);
        }
    }

    private bool TryTake()
    {
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (Allocate(file, 0, _size) == 0)
            {
                return true;
            }
        }
        catch (IOException)
        {
            // No room even for the file's name.
        }

        File.Delete(_path);
        return false;
    }

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Allocate(SafeHandle file, long offset, long length);
}
