using System.Runtime.InteropServices;
using Cairn.Processes.Interop;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Processes.Untrusted;

/// <summary>
/// Opens what lies below a folder, and nothing else: with <c>openat2(2)</c>; on kernels before 5.6 or where a filter refuses that call,
/// name by name, none of which may be a link.
/// </summary>
internal static unsafe class BeneathOpener
{
    /// <summary>The number of <c>openat2</c>, the same on all architectures.</summary>
    private const nint Number = 437;

    /// <summary><c>RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH</c>.</summary>
    private const ulong Resolve = 0x02 | 0x04 | 0x08;

    private const int NotPermitted = 1;
    private const int NoSuchCall = 38;

    /// <summary>The kernel gives up where names are exchanged while it looks; another try finds them at rest.</summary>
    private const int TryAgain = 11;

    private const int MaxTries = 50;

    /// <summary>Returns a descriptor, or −1.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="relative">A path from there, without <c>.</c> or <c>..</c>.</param>
    /// <param name="flags">Those of <c>open(2)</c>, with O_NOFOLLOW.</param>
    public static int Open(SafeFileHandle folder, string relative, int flags)
    {
        var how = stackalloc ulong[3] { (uint)flags, 0, Resolve };
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var descriptor = (int)Libc.OpenAt2(Number, folder.DangerousGetHandle(), relative, how, 3 * sizeof(ulong));
            if (descriptor >= 0)
            {
                return descriptor;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case TryAgain or Libc.ErrorInterrupted:
                    break;
                case NotPermitted or NoSuchCall:
                    return Walk((int)folder.DangerousGetHandle(), relative, flags);
                default:
                    return -1;
            }
        }

        return -1;
    }

    /// <summary>The same by one step a name.</summary>
    internal static int Walk(int folder, string relative, int flags)
    {
        var current = folder;
        var names = relative.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            // A link is opened as itself by O_PATH, and has nothing below it.
            var next = names[i] is "" or "." or ".."
                ? -1
                : Libc.OpenAt(current, names[i], i == names.Length - 1 ? flags : UntrustedFolder.Step);
            if (current != folder)
            {
                _ = Libc.Close(current);
            }

            if (next < 0)
            {
                return -1;
            }

            current = next;
        }

        return current;
    }
}
