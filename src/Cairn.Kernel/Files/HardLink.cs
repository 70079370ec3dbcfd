using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Kernel.Files;

/// <summary>Second names for a file's bytes, without copying them.</summary>
public static unsafe class HardLink
{
    /// <summary>
    /// Links <paramref name="target"/> to the existing file; false where the file system does not allow it (another device, too many links,
    /// no such thing).
    /// </summary>
    public static bool TryCreate(string existing, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        fixed (
            byte* from = Encoding.UTF8.GetBytes(existing + '\0'),
                to = Encoding.UTF8.GetBytes(target + '\0')
        )
        {
            return link(from, to) == 0;
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int link(byte* existing, byte* target);
}
