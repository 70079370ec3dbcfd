using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Processes.Interop;

/// <summary>
/// A program started in a session of its own, so that signals to this process's group or terminal do not reach it and its whole group can
/// be signalled.
/// <see cref="System.Diagnostics.Process"/> can do neither. The parent must collect the exit status with <see cref="Wait"/> or
/// <see cref="TryReap"/>.
/// </summary>
internal static unsafe class ChildProcess
{
    /// <summary>
    /// Starts a program that keeps no connection to this process: standard input is empty, both outputs go to the end of a file.
    /// </summary>
    public static int StartDetached(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string directory,
        string outputFile
    ) =>
        Start(
            file,
            arguments,
            environment,
            directory,
            actions =>
            {
                const int append = Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend;
                Check(Libc.FileActionsAddOpen(actions, 1, outputFile, append, Convert.ToUInt32("600", 8)), "open the output file");
                Check(Libc.FileActionsAddDup(actions, 1, 2), "redirect standard error");
            }
        );

    /// <summary>Starts a program whose outputs the caller reads. The streams end when the last process that holds them is gone.</summary>
    /// <param name="inputFile">A file that the program finds open as descriptor 3, or null.</param>
    public static int StartPiped(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string directory,
        string? inputFile,
        out Stream output,
        out Stream error
    )
    {
        var (outputRead, outputWrite) = OpenPipe();
        var (errorRead, errorWrite) = OpenPipe();
        try
        {
            var pid = Start(
                file,
                arguments,
                environment,
                directory,
                actions =>
                {
                    Check(Libc.FileActionsAddDup(actions, outputWrite, 1), "redirect standard output");
                    Check(Libc.FileActionsAddDup(actions, errorWrite, 2), "redirect standard error");
                    if (inputFile is not null)
                    {
                        Check(Libc.FileActionsAddOpen(actions, 3, inputFile, Libc.OpenReadOnly, 0), "open the input file");
                    }
                }
            );
            output = new FileStream(new SafeFileHandle(outputRead, ownsHandle: true), FileAccess.Read, bufferSize: 0);
            error = new FileStream(new SafeFileHandle(errorRead, ownsHandle: true), FileAccess.Read, bufferSize: 0);
            return pid;
        }
        catch
        {
            _ = Libc.Close(outputRead);
            _ = Libc.Close(errorRead);
            throw;
        }
        finally
        {
            _ = Libc.Close(outputWrite);
            _ = Libc.Close(errorWrite);
        }
    }

    /// <summary>Blocks until the child has ended.</summary>
    public static ChildStatus Wait(int pid)
    {
        int status;
        while (Libc.WaitPid(pid, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }

        return ChildStatus.FromWait(status);
    }

    /// <summary>Collects the child's status where it has ended; false while it runs.</summary>
    public static bool TryReap(int pid) => Libc.WaitPid(pid, out _, Libc.WNoHang) != 0;

    /// <summary>Signals a whole process group.</summary>
    public static void SignalGroup(int group, int signal) => _ = Libc.Kill(-group, signal);

    private delegate void Redirect(void* actions);

    private static int Start(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string directory,
        Redirect redirect
    )
    {
        // glibc's posix_spawn_file_actions_t is 80 bytes, posix_spawnattr_t 336, sigset_t 128; there is room for later versions.
        var actions = stackalloc byte[256];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[256];
        Check(Libc.FileActionsInit(actions), "prepare");
        Check(Libc.AttributesInit(attributes), "prepare");
        try
        {
            Check(Libc.FileActionsAddOpen(actions, 0, "/dev/null", Libc.OpenReadOnly, 0), "empty standard input");
            redirect(actions);
            Check(Libc.FileActionsAddChangeDirectory(actions, directory), "set the working directory");

            // The runtime ignores some signals (SIGPIPE), and what is ignored stays ignored in programs that it starts.
            _ = Libc.FillSignals(signals);
            Check(Libc.AttributesSetSignalDefaults(attributes, signals), "reset signals");
            _ = Libc.EmptySignals(signals);
            Check(Libc.AttributesSetSignalMask(attributes, signals), "unblock signals");
            Check(Libc.AttributesSetFlags(attributes, Libc.SpawnFlags), "set flags");

            using var path = new NativeStrings([file]);
            using var argv = new NativeStrings([file, .. arguments]);
            using var envp = new NativeStrings([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
            Check(Libc.Spawn(out var pid, path.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer), $"start '{file}'");
            return pid;
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    private static (int Read, int Write) OpenPipe()
    {
        var ends = stackalloc int[2];
        return Libc.Pipe(ends, Libc.OpenCloseOnExec) == 0 ? (ends[0], ends[1]) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"Cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }
}
