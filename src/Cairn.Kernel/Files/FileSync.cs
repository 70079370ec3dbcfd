using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Kernel.Files;

/// <summary>Hands written bytes to the disk before they have to be there.</summary>
public static class FileSync
{
    // SYNC_FILE_RANGE_WRITE of linux/fs.h: begin with the dirty pages, and wait for none.
    private const uint Write = 2;

    /// <summary>
    /// Asks that the disk begin with a range of a file. A hint only: what must be durable still has to be synchronised, and tells of
    /// failures.
    /// </summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many bytes.</param>
    public static void Begin(SafeFileHandle file, long offset, long count)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = sync_file_range(file, offset, count, Write);
        }
    }

    [DllImport("libc")]
    private static extern int sync_file_range(SafeFileHandle file, long offset, long count, uint flags);
}
