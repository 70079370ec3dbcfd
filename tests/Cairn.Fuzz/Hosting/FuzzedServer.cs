using System.Diagnostics;
using System.Text.Json;
using Cairn.Testing;

namespace Cairn.Fuzz.Hosting;

/// <summary>The server that is fuzzed, with what it logs.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ServerLog _log = new();

    private FuzzedServer(Process process) => _process = process;

    public ServerPlace Place { get; private set; } = null!;

    public ServerLog Log => _log;

    public bool IsAlive => !_process.HasExited;

    public string Death => $"the server ended with {_process.ExitCode}; its last lines are:\n{string.Join('\n', _log.Last)}";

    /// <summary>Starts a server on a folder, which may be one that another has left.</summary>
    public static async Task<FuzzedServer> StartAsync(string data, bool authentication)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Cairn.Fuzz"),
            [ServerRole.Argument, data, authentication ? "token" : "open"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new FuzzedServer(await BoundProcess.StartAsync(start));
        server._process.ErrorDataReceived += (_, line) => server._log.Add(line.Data);
        server._process.BeginErrorReadLine();
        var first = await server._process.StandardOutput.ReadLineAsync();
        if (first is null)
        {
            await server._process.WaitForExitAsync();
            throw new InvalidOperationException(server.Death);
        }

        server.Place = JsonSerializer.Deserialize<ServerPlace>(first)!;
        return server;
    }

    /// <summary>Null where the server is gone.</summary>
    public async Task<MemoryUse?> MeasureAsync()
    {
        try
        {
            await _process.StandardInput.WriteLineAsync("memory");
            await _process.StandardInput.FlushAsync();
            return await _process.StandardOutput.ReadLineAsync() is { } line ? JsonSerializer.Deserialize<MemoryUse>(line) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Stops the server as its end of input does. Returns whether it ended by itself and well.</summary>
    public async Task<bool> StopAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            return _process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
