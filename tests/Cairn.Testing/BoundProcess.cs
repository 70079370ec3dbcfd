using System.Diagnostics;

namespace Cairn.Testing;

/// <summary>Starts children that the kernel kills when the test process ends, however that comes about.</summary>
public static class BoundProcess
{
    /// <summary>
    /// Starts the program through <c>setpriv --pdeathsig KILL</c>. The kernel counts the thread that started a child as its parent, and the
    /// pool ends threads that idle, so each child has a thread that lasts as long as it does.
    /// </summary>
    public static Task<Process> StartAsync(ProcessStartInfo program)
    {
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", program.FileName, .. program.ArgumentList])
        {
            RedirectStandardInput = program.RedirectStandardInput,
            RedirectStandardOutput = program.RedirectStandardOutput,
            RedirectStandardError = program.RedirectStandardError,
        };
        foreach (var (name, value) in program.Environment)
        {
            start.Environment[name] = value;
        }

        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        var parent = new Thread(() =>
        {
            try
            {
                var child = Process.Start(start)!;
                using var own = Process.GetProcessById(child.Id);
                started.SetResult(child);
                own.WaitForExit();
            }
            catch (Exception error)
            {
                started.TrySetException(error);
            }
        })
        {
            IsBackground = true,
            Name = "parent of " + program.FileName,
        };
        parent.Start();
        return started.Task;
    }
}
