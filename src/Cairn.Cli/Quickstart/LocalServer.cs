using System.Diagnostics;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Quickstart;

/// <summary>A server of this program's own, as a child, for as long as this program runs.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task _log;

    private LocalServer(Process process, Task log, string http, string grpc, string logFile)
    {
        _process = process;
        _log = log;
        Http = http;
        Grpc = grpc;
        LogFile = logFile;
    }

    /// <summary>Host and port of the REST doors.</summary>
    public string Http { get; }

    /// <summary>Host and port of gRPC.</summary>
    public string Grpc { get; }

    public string LogFile { get; }

    /// <summary>Returns when the server answers.</summary>
    /// <exception cref="CliException">It ended, or did not answer in time; the sentence has its last words.</exception>
    public static async Task<LocalServer> StartAsync(string data, string http, string grpc, CancellationToken cancellation)
    {
        Directory.CreateDirectory(data);
        var logFile = Path.Combine(data, "server.log");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["server", "--data", data, "--http", http, "--grpc", grpc])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new CliException("The server could not be started.");
        var server = new LocalServer(process, PumpAsync(process, logFile), http, grpc, logFile);
        try
        {
            await server.WaitUntilReadyAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the server has ended by itself, or the token fires.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // SIGTERM: the server finishes what it was doing. Killing would be safe too, but not polite to its clients.
            Signals.Terminate(_process.Id);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        await Task.WhenAny(_log, Task.Delay(TimeSpan.FromSeconds(2)));
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartLimit)
        {
            if (_process.HasExited)
            {
                await Task.WhenAny(_log, Task.Delay(TimeSpan.FromSeconds(1), cancellation));
                throw new CliException(
                    $"The server ended with {_process.ExitCode} as it started; the last it said, in {LogFile}:\n{string.Join('\n', File.ReadLines(LogFile).TakeLast(5))}"
                );
            }

            try
            {
                using var response = await client.GetAsync($"http://{Http}/healthz", cancellation);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Not listening yet.
            }

            await Task.Delay(50, cancellation);
        }

        throw new CliException($"The server did not answer within {StartLimit.TotalSeconds:0} s; its log is {LogFile}.");
    }

    private static async Task PumpAsync(Process process, string file)
    {
        var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await using var writer = TextWriter.Synchronized(new StreamWriter(stream) { AutoFlush = true });
        async Task From(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                await writer.WriteLineAsync(line);
            }
        }

        await Task.WhenAll(From(process.StandardOutput), From(process.StandardError));
    }
}
