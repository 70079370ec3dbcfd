using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Kernel.Files;

/// <summary>
/// Makes the names in a directory durable. The runtime opens no directories, so this calls the C library; on Windows the file system does
/// it by itself.
/// </summary>
public static unsafe class DirectorySync
{
    private const int CloseOnExec = 0x80000;

    /// <exception cref="IOException">The directory cannot be opened or synchronised.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = System.Text.Encoding.UTF8.GetBytes(directory + '\0');
        int descriptor;
        fixed (byte* pointer = path)
        {
            // O_RDONLY is 0. The close-on-exec flag has its Linux value; other systems ignore the bit.
            descriptor = open(pointer, OperatingSystem.IsLinux() ? CloseOnExec : 0);
        }

        if (descriptor < 0)
        {
            throw Failure("open", directory);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(descriptor) != 0)
        {
            throw Failure("fsync", directory);
        }
    }

    private static IOException Failure(string call, string directory) =>
        new($"{call} of directory '{directory}' failed: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte* path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);
}
