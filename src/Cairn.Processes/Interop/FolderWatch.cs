using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Processes.Interop;

/// <summary>
/// Hears of files that are put in their place in folders by renaming, at once (inotify(7)). All folders share one instance of the kernel's,
/// of which a user has few. It is a help only: a folder that cannot be watched, or is on another machine's disk, must be looked at.
/// </summary>
/// <param name="arrived">Called with the folder and the file's name, on a thread of this object's, which it must not hold up.</param>
internal sealed unsafe class FolderWatch(Action<string, string> arrived) : IDisposable
{
    private const uint MovedTo = 0x80; // IN_MOVED_TO
    private const uint FolderOnly = 0x0100_0000; // IN_ONLYDIR
    private const uint NoLink = 0x0200_0000; // IN_DONT_FOLLOW
    private const uint Gone = 0x8000; // IN_IGNORED
    private const int HeaderBytes = 16;
    private const int LengthOffset = 12;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _folders = [];
    private readonly Dictionary<string, int> _watches = new(StringComparer.Ordinal);
    private int _descriptor = -1;

    /// <summary>A watch that is removed at the end, of which the reader is told.</summary>
    private int _last = -1;
    private bool _disposed;

    /// <summary>Watches a folder; nothing happens where it is watched already. False where it cannot be.</summary>
    public bool TryAdd(string folder)
    {
        lock (_gate)
        {
            if (_watches.ContainsKey(folder))
            {
                return true;
            }

            if (_disposed || !IsOpen() || Libc.WatchAdd(_descriptor, folder, MovedTo | FolderOnly | NoLink) is not (>= 0 and var watch))
            {
                return false;
            }

            _folders[watch] = folder;
            _watches[folder] = watch;
            return true;
        }
    }

    /// <summary>Watches a folder no longer.</summary>
    public void Remove(string folder)
    {
        lock (_gate)
        {
            if (_watches.Remove(folder, out var watch) && _folders.Remove(watch))
            {
                _ = Libc.WatchRemove(_descriptor, watch);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed || _descriptor < 0)
            {
                _disposed = true;
                return;
            }

            // What is watched no longer is told to the reader, who thereby sees that it is time to go.
            _disposed = true;
            _ = Libc.WatchRemove(_descriptor, _last);
        }
    }

    private bool IsOpen()
    {
        if (_descriptor < 0 && OperatingSystem.IsLinux())
        {
            _descriptor = Libc.WatchOpen(Libc.OpenCloseOnExec);
            if (_descriptor >= 0)
            {
                _last = Libc.WatchAdd(_descriptor, "/", MovedTo);
                new Thread(Read) { IsBackground = true, Name = "folder watch" }.Start();
            }
        }

        return _descriptor >= 0;
    }

    private void Read()
    {
        var buffer = new byte[16 << 10];
        while (true)
        {
            nint count;
            fixed (byte* bytes = buffer)
            {
                count = Libc.Read(_descriptor, bytes, (nuint)buffer.Length);
            }

            if (_disposed || (count < 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted))
            {
                lock (_gate)
                {
                    // The number may be another's from here on.
                    _ = Libc.Close(_descriptor);
                    _descriptor = -1;
                    _folders.Clear();
                    _watches.Clear();
                }

                return;
            }

            for (var rest = buffer.AsSpan(0, (int)Math.Max(count, 0)); rest.Length >= HeaderBytes; )
            {
                var length = HeaderBytes + MemoryMarshal.Read<int>(rest[LengthOffset..]);
                Tell(MemoryMarshal.Read<int>(rest), MemoryMarshal.Read<uint>(rest[4..]), rest[HeaderBytes..length]);
                rest = rest[length..];
            }
        }
    }

    private void Tell(int watch, uint what, ReadOnlySpan<byte> name)
    {
        string? folder;
        lock (_gate)
        {
            if (!_folders.TryGetValue(watch, out folder))
            {
                return;
            }

            if ((what & Gone) != 0)
            {
                _folders.Remove(watch);
                _watches.Remove(folder);
                return;
            }
        }

        arrived(folder, Encoding.UTF8.GetString(name.TrimEnd((byte)0)));
    }
}
