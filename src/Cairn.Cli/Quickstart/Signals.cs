using System.Runtime.InteropServices;

namespace Cairn.Cli.Quickstart;

/// <summary>POSIX signals to a child of this program.</summary>
internal static class Signals
{
    private const int SigTerm = 15;

    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
