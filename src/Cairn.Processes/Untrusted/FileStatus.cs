using System.Runtime.InteropServices;
using Cairn.Processes.Interop;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Processes.Untrusted;

/// <summary>
/// What kind of thing a path names, links not followed. .NET does not tell devices and pipes from files, and opening one can block for
/// ever.
/// </summary>
/// <param name="Owner">The number of the user whose file it is.</param>
/// <param name="Links">How many names the file has.</param>
internal readonly record struct FileStatus(FileKind Kind, long Size, ulong Inode, long ModifiedNanoseconds, uint Owner, uint Links)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;

    /// <summary>Null where there is no such path.</summary>
    public static FileStatus? Of(string path) => Of(CurrentDirectory, path, NoFollow);

    /// <summary>What an open file is.</summary>
    public static FileStatus? Of(SafeFileHandle file) => Of((int)file.DangerousGetHandle(), "", EmptyPath);

    /// <summary>
    /// How many bytes of the disk what stands in a folder takes, which is less than its size where it has holes; 0 where there is nothing.
    /// </summary>
    public static long AllocatedBytes(SafeFileHandle folder, string name) =>
        Allocated((int)folder.DangerousGetHandle(), name, NoFollow)?.Bytes ?? 0;

    /// <summary>
    /// The file that a link leads to, such as one of <c>/proc/PID/fd</c>: its number, and the bytes that it takes. Null where there is
    /// none.
    /// </summary>
    public static (ulong Inode, long Bytes)? Behind(string link) => Allocated(CurrentDirectory, link, 0);

    private static unsafe (ulong Inode, long Bytes)? Allocated(int directory, string path, int flags)
    {
        // The number of blocks of 512 bytes is at 48.
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            return Libc.Statx(directory, path, flags, BasicStats, pointer) == 0
                ? (MemoryMarshal.Read<ulong>(buffer[32..]), MemoryMarshal.Read<long>(buffer[48..]) * 512)
                : null;
        }
    }

    private static unsafe FileStatus? Of(int directory, string path, int flags)
    {
        // struct statx, the same on every architecture: links at 16, owner at 20, mode at 28, inode at 32, size at 40, mtime at 112, rdev
        // at 128.
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            if (Libc.Statx(directory, path, flags, BasicStats, pointer) != 0)
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
        return new FileStatus(
            kind,
            MemoryMarshal.Read<long>(buffer[40..]),
            MemoryMarshal.Read<ulong>(buffer[32..]),
            modified,
            MemoryMarshal.Read<uint>(buffer[20..]),
            MemoryMarshal.Read<uint>(buffer[16..])
        );
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
