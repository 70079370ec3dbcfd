using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Python;

/// <summary>One predictor process. It answers one request at a time.</summary>
internal sealed partial class PythonWorker : IAsyncDisposable
{
    private const int MaxFrame = 256 << 20;

    private readonly Process _process;
    private readonly Stream _requests;
    private readonly Stream _replies;
    private readonly OutputTail _log = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _logReader;
    private volatile bool _killed;

    private PythonWorker(Process process, string title, ILogger logger)
    {
        _process = process;
        _requests = process.StandardInput.BaseStream;
        _replies = process.StandardOutput.BaseStream;
        process.Exited += (_, _) => _exited.TrySetResult(process.ExitCode);
        process.EnableRaisingEvents = true;
        if (process.HasExited)
        {
            _exited.TrySetResult(process.ExitCode);
        }

        _logReader = ReadLogAsync(title, logger);
    }

    /// <summary>Completes with the exit code when the process is gone.</summary>
    public Task<int> Exited => _exited.Task;

    public int ProcessId => _process.Id;

    /// <summary>The last of what the model printed.</summary>
    public string LastLines(int count) => _log.Last(count);

    /// <summary>When it was last handed back, for stopping those that nobody needs.</summary>
    public long IdleSince { get; set; }

    /// <summary>Starts a process; its first frame says whether the model loaded.</summary>
    public static async Task<PythonWorker> StartAsync(ChildLauncher launcher, ProcessStartInfo command, string title, ILogger logger) =>
        new(await launcher.StartAsync(command), title, logger);

    /// <summary>Sends a request and reads its reply.</summary>
    /// <exception cref="IOException">The process is gone, or does not speak the protocol.</exception>
    public async Task<WorkerReply> ExchangeAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        await _requests.WriteAsync(frame, cancellation);
        await _requests.FlushAsync(cancellation);
        return await ReadAsync(cancellation);
    }

    /// <exception cref="IOException">The process is gone, or does not speak the protocol.</exception>
    public async Task<WorkerReply> ReadAsync(CancellationToken cancellation)
    {
        var header = new byte[5];
        await _replies.ReadExactlyAsync(header, cancellation);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length is 0 or > MaxFrame)
        {
            throw new IOException($"The predictor sent a frame of {length} bytes.");
        }

        var payload = new byte[length - 1];
        await _replies.ReadExactlyAsync(payload, cancellation);
        return new WorkerReply((char)header[4], payload);
    }

    /// <summary>Whether it can take a request: it is alive, and was not told to end.</summary>
    public bool Usable => !_killed && !_exited.Task.IsCompleted;

    public void Kill()
    {
        _killed = true;
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It was gone already.
        }
    }

    /// <summary>Closes the pipe, which ends a worker that is idle, and kills one that does not end.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _requests.DisposeAsync();
        }
        catch (IOException) { }

        if (await Task.WhenAny(_exited.Task, Task.Delay(TimeSpan.FromSeconds(2))) != _exited.Task)
        {
            Kill();
        }

        await _exited.Task;
        await _logReader;
        _process.Dispose();
    }

    private async Task ReadLogAsync(string title, ILogger logger)
    {
        try
        {
            while (await _process.StandardError.ReadLineAsync() is { } line)
            {
                _log.Add(line);
                Log.Printed(logger, title, line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException) { }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Title}: {Line}")]
        public static partial void Printed(ILogger logger, string title, string line);
    }
}
