using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cairn.Processes.Children;

/// <summary>
/// Starts child processes from one thread that lives as long as the server. The kernel's "signal me when my parent dies" means the thread
/// that forked, and threads of the pool come and go: a child that one of them started would be killed with it.
/// </summary>
public sealed class ChildLauncher : IDisposable
{
    private readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Result)> _queue = [];
    private readonly Lazy<Thread> _thread;

    public ChildLauncher() =>
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "child launcher" };
            thread.Start();
            return thread;
        });

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        _ = _thread.Value;
        var result = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((start, result));
        return result.Task;
    }

    public void Dispose() => _queue.CompleteAdding();

    private void Run()
    {
        foreach (var (start, result) in _queue.GetConsumingEnumerable())
        {
            try
            {
                result.SetResult(Process.Start(start)!);
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }

        // The thread must outlive its children; they are stopped before the server ends.
        Thread.Sleep(Timeout.Infinite);
    }
}
