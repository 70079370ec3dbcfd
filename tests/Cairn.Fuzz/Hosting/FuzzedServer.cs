using System.Diagnostics;
using System.Text.Json;
using Cairn.Testing;

namespace Cairn.Fuzz.Hosting;

/// <summary>The server that is fuzzed, with what it logs.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly ServerLog log = new();

    private FuzzedServer(Process process) => this.process = process;

    public ServerPlace Place { get; private set; } = null!;

    public ServerLog Log => log;

    public bool IsAlive => !process.HasExited;

    public string Death => $"the server ended with {process.ExitCode}; its last lines are:\n{string.Join('\n', log.Last)}";

    /// <summary>Starts a server on a folder, which may be one that another has left.</summary>
    public static async Task<FuzzedServer> StartAsync(string data, bool authentication)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.Fuzz"), [ServerRole.Argument, data, authentication ? "token" : "open"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new FuzzedServer(await BoundProcess.StartAsync(start));
        server.process.ErrorDataReceived += (_, line) => server.log.Add(line.Data);
        server.process.BeginErrorReadLine();
        var first = await server.process.StandardOutput.ReadLineAsync();
        if (first is null)
        {
            await server.process.WaitForExitAsync();
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
            await process.StandardInput.WriteLineAsync("memory");
            await process.StandardInput.FlushAsync();
            return await process.StandardOutput.ReadLineAsync() is { } line ? JsonSerializer.Deserialize<MemoryUse>(line) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Stops the server as its end of input does. Returns whether it ended by itself and well.</summary>
    public async Task<bool> StopAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
