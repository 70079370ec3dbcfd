using System.IO.Enumeration;
using Cairn.Processes.Interop;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Processes.Untrusted;

/// <summary>
/// What a folder takes on its disk that a program of a user writes to, while it does: everything is opened below the folder, one name at
/// a time, and links are never followed.
/// </summary>
/// <param name="Bytes">Of blocks, so that a file with holes counts for what it takes.</param>
/// <param name="Files">Files, folders and everything else that has a name.</param>
/// <param name="TooDeep">Whether there are more than <see cref="MaxDepth"/> folders in each other, so that not all was counted.</param>
internal readonly record struct FolderUse(long Bytes, long Files, bool TooDeep)
{
    /// <summary>Each folder on the way is held open.</summary>
    public const int MaxDepth = 100;

    private static readonly EnumerationOptions All = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = true,
        ReturnSpecialDirectories = false,
    };

    public static FolderUse operator +(FolderUse one, FolderUse other) =>
        new(one.Bytes + other.Bytes, one.Files + other.Files, one.TooDeep || other.TooDeep);

    /// <summary>Counts what is in a folder; nothing where there is none.</summary>
    /// <param name="path">The folder, whose path is the server's own.</param>
    /// <param name="maxFiles">Where to stop counting.</param>
    public static FolderUse Of(string path, long maxFiles)
    {
        var descriptor = Libc.Open(path, UntrustedFolder.Step);
        if (descriptor < 0)
        {
            return default;
        }

        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        return Below(folder, 1, maxFiles);
    }

    private static FolderUse Below(SafeFileHandle folder, int depth, long maxFiles)
    {
        var sum = default(FolderUse);
        foreach (var (name, isFolder) in Entries(folder))
        {
            sum += new FolderUse(FileStatus.AllocatedBytes(folder, name), 1, TooDeep: false);
            if (isFolder)
            {
                sum += depth == MaxDepth ? new FolderUse(0, 0, TooDeep: true) : Inside(folder, name, depth, maxFiles - sum.Files);
            }

            if (sum.Files > maxFiles)
            {
                break;
            }
        }

        return sum;
    }

    private static FolderUse Inside(SafeFileHandle folder, string name, int depth, long maxFiles)
    {
        var descriptor = Libc.OpenAt((int)folder.DangerousGetHandle(), name, UntrustedFolder.Step);
        if (descriptor < 0)
        {
            // It is gone again, or something else.
            return default;
        }

        using var inner = new SafeFileHandle(descriptor, ownsHandle: true);
        return Below(inner, depth + 1, maxFiles);
    }

    /// <summary>The names in a folder, and whether each was a folder when it was read.</summary>
    private static List<(string Name, bool IsFolder)> Entries(SafeFileHandle folder)
    {
        try
        {
            return
            [
                .. new FileSystemEnumerable<(string, bool)>(
                    $"/proc/self/fd/{folder.DangerousGetHandle()}",
                    static (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory),
                    All
                ),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
