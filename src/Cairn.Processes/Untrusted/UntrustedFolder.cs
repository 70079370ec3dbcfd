using System.Runtime.InteropServices;
using Cairn.Processes.Interop;
using Cairn.Processes.Sandboxing;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Processes.Untrusted;

/// <summary>
/// A folder that a program of a user writes to, for reading by a program outside of its sandbox. Everything goes through descriptors:
/// what is opened lies below the folder and is what it was found to be, however the user's program exchanges names meanwhile; links are
/// never followed; and of what is no regular file nothing is ever opened for reading, so that no pipe or device blocks the reader.
/// </summary>
internal sealed unsafe class UntrustedFolder : IDisposable
{
    private const int PathOnly = 0x200000; // O_PATH
    private const int NonBlocking = 0x800; // O_NONBLOCK

    /// <summary>arm64 has other numbers for these two than x86-64.</summary>
    private static readonly int FolderOnly = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000; // O_DIRECTORY

    private static readonly int NoFollow = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000; // O_NOFOLLOW

    /// <summary>How a folder on the way to something is opened.</summary>
    internal static readonly int Step = PathOnly | FolderOnly | NoFollow | Libc.OpenCloseOnExec;

    private readonly SafeFileHandle _handle;

    private UntrustedFolder(SafeFileHandle handle) => _handle = handle;

    /// <summary>The folder under a name that leads to it whatever happens to its place.</summary>
    private string Self => Link(_handle);

    /// <summary>Opens a folder whose path is the server's own, and only what is in it is not; null where there is none.</summary>
    public static UntrustedFolder? Open(string path)
    {
        var descriptor = Libc.Open(path, Step);
        return descriptor < 0 ? null : new UntrustedFolder(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Opens a regular file of a folder by its path, of which all but the last name is the server's own. Null where there is
    /// none, or something else.</summary>
    public static FileStream? OpenFile(string path)
    {
        using var folder = Open(Path.GetDirectoryName(path)!);
        return folder?.Read(Path.GetFileName(path));
    }

    /// <summary>Reads a small file of a folder by its path, as <see cref="OpenFile"/> does. Null where there is none, something else, or
    /// more than so many bytes.</summary>
    public static byte[]? ReadFile(string path, int maxBytes)
    {
        using var file = OpenFile(path);
        if (file is null || file.Length > maxBytes)
        {
            return null;
        }

        var bytes = new byte[file.Length];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    /// <summary>The names in it, or in a folder below it; none where that cannot be opened.</summary>
    /// <param name="relative">The folder's path from here; empty for this one.</param>
    public IReadOnlyList<string> Names(string relative = "")
    {
        using var folder = relative.Length == 0 ? null : OpenPath(relative, FolderOnly);
        if (relative.Length > 0 && folder is null)
        {
            return [];
        }

        try
        {
            return
            [
                .. Directory
                    .EnumerateFileSystemEntries(folder is null ? Self : Link(folder))
                    .Select(static path => Path.GetFileName(path))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What a path below it names, links not followed. Null where there is nothing, or a link on the way.</summary>
    public FileStatus? Status(string relative)
    {
        using var file = OpenPath(relative, 0);
        return file is null ? null : FileStatus.Of(file);
    }

    /// <summary>Whether a folder below it hides the one below that in an overlay.</summary>
    public bool IsOpaque(string relative)
    {
        using var folder = OpenPath(relative, FolderOnly);
        return folder is not null && FileStatus.IsOpaque(Link(folder));
    }

    /// <summary>
    /// Opens a regular file below it. Null where there is none: nothing, a link, a pipe, a device, a folder; or a further name of a file
    /// that is another user's, which the user's program could not read itself.
    /// </summary>
    /// <exception cref="IOException">It is there, and cannot be read.</exception>
    public FileStream? Read(string relative)
    {
        // Found first without opening it, then opened by the descriptor: to open a pipe or a device is to do something already.
        using var found = OpenPath(relative, 0);
        if (found is null || FileStatus.Of(found) is not { Kind: FileKind.File } status || !IsOwn(status))
        {
            return null;
        }

        var descriptor = Libc.Open(Link(found), Libc.OpenReadOnly | NonBlocking | Libc.OpenCloseOnExec);
        return descriptor >= 0
            ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0)
            : throw new IOException($"'{relative}' cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>A file with one name is whose folder it is in. One with several may have another name elsewhere, and is taken where it is
    /// this server's or a sandbox's.</summary>
    private static bool IsOwn(FileStatus status) =>
        status.Links <= 1 || status.Owner == Libc.GetUserId() || SandboxUser.IsOne(status.Owner);

    private SafeFileHandle? OpenPath(string relative, int flags)
    {
        var descriptor = BeneathOpener.Open(_handle, relative, PathOnly | NoFollow | Libc.OpenCloseOnExec | flags);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static string Link(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";
}
