using System.Runtime.InteropServices;

namespace Cairn.Jobs.Interop;

/// <summary>What kind of thing a path names, links not followed. .NET does not tell devices and pipes from files, and opening one can block for ever.</summary>
internal readonly record struct FileStatus(FileKind Kind, long Size, ulong Inode, long ModifiedNanoseconds)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;

    /// <summary>Null where there is no such path.</summary>
    public static unsafe FileStatus? Of(string path)
    {
        // struct statx, the same on every architecture: mode at 28, inode at 32, size at 40, mtime at 112, rdev at 128.
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            if (Libc.Statx(CurrentDirectory, path, NoFollow, BasicStats, pointer) != 0)
            {
                return null;
            }
        }

        var mode = MemoryMarshal.Read<ushort>(buffer[28..]);
        var device = MemoryMarshal.Read<ulong>(buffer[128..]);
        var kind = (mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            0x2000 when device == 0 => FileKind.Whiteout,
            _ => FileKind.Other,
        };
        var modified = (MemoryMarshal.Read<long>(buffer[112..]) * 1_000_000_000) + MemoryMarshal.Read<uint>(buffer[120..]);
        return new FileStatus(kind, MemoryMarshal.Read<long>(buffer[40..]), MemoryMarshal.Read<ulong>(buffer[32..]), modified);
    }

    /// <summary>Whether a folder of an overlay's upper layer hides the one below it.</summary>
    public static unsafe bool IsOpaque(string folder)
    {
        var value = stackalloc byte[1];
        return (Libc.GetExtendedAttribute(folder, "trusted.overlay.opaque", value, 1) == 1 && *value == (byte)'y')
            || (Libc.GetExtendedAttribute(folder, "user.overlay.opaque", value, 1) == 1 && *value == (byte)'y');
    }
}

internal enum FileKind
{
    File,
    Folder,
    Link,

    /// <summary>overlayfs's mark that a name of the lower layer was deleted: a character device 0/0.</summary>
    Whiteout,
    Other,
}
