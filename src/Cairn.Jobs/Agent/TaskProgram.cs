using System.ComponentModel;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Limits;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>
/// The user's program while it runs: its output becomes log lines; on a stop it is asked to end, and killed when it does not.
/// </summary>
internal sealed class TaskProgram(Launch launch, LogSpool log, TaskHold hold, TimeSpan grace, TimeProvider time)
{
    private const int KeptErrorLines = 20;

    private readonly Queue<string> _errors = new();

    /// <summary>The last lines of standard error, for the reason of a failure. Read it after the end.</summary>
    public IReadOnlyCollection<string> LastErrorLines => _errors;

    /// <summary>Whether it was asked to end, rather than ending by itself.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Runs to the end of the program and of all it started.</summary>
    public async Task<TaskEnd> RunAsync(CancellationToken stop, CancellationToken cancellation)
    {
        stop.ThrowIfCancellationRequested();
        var started = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<ChildStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        var readers = new TaskCompletionSource<(Task, Task)>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The kernel ties the program's life to the thread that started it, so this thread lives until it ends.
        new Thread(() => Run(started, readers, ended)) { IsBackground = true, Name = "task" }.Start();
        var pid = await started.Task;
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = hold.FollowAsync(pid, () => KillAsync(pid), running.Token);
        if (await Task.WhenAny(ended.Task, stop.WhenCancelledAsync(), cancellation.WhenCancelledAsync()) != ended.Task)
        {
            WasStopped = true;
            await launch.Terminate(pid);
            await Task.WhenAny(ended.Task, Task.Delay(grace, time, CancellationToken.None));
        }

        if (!ended.Task.IsCompleted)
        {
            log.Say("The task did not end when it was asked to, and is killed.", LogSeverity.Warning);
        }

        await KillAsync(pid);
        var status = await ended.Task;
        await running.CancelAsync();
        await Task.WhenAny(watching);
        if (watching.IsFaulted)
        {
            await watching;
        }

        var (output, error) = await readers.Task;
        await Task.WhenAll(output, error);
        return await launch.Interpret(status);
    }

    private async Task KillAsync(int pid)
    {
        hold.Kill();
        await launch.Kill(pid);
    }

    private void Run(TaskCompletionSource<int> started, TaskCompletionSource<(Task, Task)> readers, TaskCompletionSource<ChildStatus> ended)
    {
        try
        {
            int pid;
            Stream output,
                error;
            using (hold.Enter())
            {
                pid = ChildProcess.StartPiped(
                    launch.File,
                    launch.Arguments,
                    launch.Environment,
                    launch.Directory,
                    launch.InputFile,
                    out output,
                    out error
                );
            }

            readers.SetResult(
                (
                    ReadAsync(output, log, line => log.Add(LogSeverity.Info, line)),
                    ReadAsync(
                        error,
                        log,
                        line =>
                        {
                            log.Add(LogSeverity.Error, line);
                            _errors.Enqueue(line);
                            if (_errors.Count > KeptErrorLines)
                            {
                                _errors.Dequeue();
                            }
                        }
                    )
                )
            );
            started.SetResult(pid);
            ended.SetResult(ChildProcess.Wait(pid));
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            started.TrySetException(new TaskFailure(Code.FailedPrecondition, e.Message));
            ended.TrySetException(e);
        }
    }

    private static Task ReadAsync(Stream stream, LogSpool log, Action<string> line) =>
        Task.Factory.StartNew(
            () =>
            {
                using (stream)
                {
                    var splitter = new LineSplitter(line);
                    var buffer = new byte[64 << 10];
                    while (stream.Read(buffer) is > 0 and var count)
                    {
                        splitter.Add(buffer.AsSpan(0, count));
                        log.Flush();
                    }

                    splitter.Complete();
                    log.Flush();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
}
