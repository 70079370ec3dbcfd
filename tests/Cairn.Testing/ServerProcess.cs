using System.Diagnostics;
using System.Text.Json;

namespace Cairn.Testing;

/// <summary>
/// The real program, <c>cairn server</c>, in its own process on free loopback ports. It is killed by the kernel when the test process ends, however that comes about.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly ScratchDirectory? scratch;
    private readonly string[] arguments;
    private readonly IReadOnlyDictionary<string, string>? environment;
    private Process process = null!;

    private ServerProcess(string? data, string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        scratch = data is null ? new ScratchDirectory() : null;
        Data = data ?? scratch!["data"];
        this.arguments = arguments;
        this.environment = environment;
    }

    public string Data { get; }

    /// <summary>The REST address without a trailing slash.</summary>
    public string Http { get; private set; } = "";

    /// <summary>Host and port.</summary>
    public string Grpc { get; private set; } = "";

    /// <summary>The TLS address, where <c>--https</c> was given.</summary>
    public string? Https { get; private set; }

    public int Pid => process.Id;

    /// <summary>What the server wrote to its outputs, of all its starts.</summary>
    public string Log => Data + ".log";

    /// <summary>What <see cref="Log"/> holds so far.</summary>
    public async Task<string> ReadLogAsync() => File.Exists(Log) ? await File.ReadAllTextAsync(Log) : "";

    /// <summary>The program beside the tests.</summary>
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "cairn");

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="data">Its folder; a temporary one where null.</param>
    /// <param name="arguments">More options of <c>cairn server</c>.</param>
    public static async Task<ServerProcess> StartAsync(string? data = null, string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var server = new ServerProcess(data, arguments ?? [], environment);
        await server.LaunchAsync("127.0.0.1:0", "127.0.0.1:0");
        return server;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: false);
        process.WaitForExit();
    }

    /// <summary>SIGTERM, and the wait for its end. Returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    /// <summary>Starts the server again on the same folder and the same ports, after <see cref="Kill"/> or <see cref="StopAsync"/>.</summary>
    public Task RestartAsync() => LaunchAsync(new Uri(Http).Authority, Grpc);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: false);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        if (scratch is not null)
        {
            scratch.Dispose();
        }
    }

    private async Task LaunchAsync(string http, string grpc)
    {
        var file = Path.Combine(Data, "server.json");
        Directory.CreateDirectory(Path.GetDirectoryName(Data)!);
        if (File.Exists(file))
        {
            File.Delete(file);
        }

        string[] server = ["server", "--data", Data, "--http", http, "--grpc", grpc, .. arguments];
        var start = new ProcessStartInfo(Executable, server) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        Plans.StatementPlans.Watch(start);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        process = await BoundProcess.StartAsync(start);
        process.StandardInput.Close();
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient();
        await Poll.UntilAsync(
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The server ended with {process.ExitCode} before it was ready:\n{await ReadLogAsync()}");
                }

                return File.Exists(file) && Read(await File.ReadAllTextAsync(file)) && (await client.GetAsync(Http + "/healthz")).IsSuccessStatusCode;
            },
            "the server to be ready");
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (this)
            {
                File.AppendAllText(Log, line.Data + "\n");
            }
        }
    }

    private bool Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        Http = document.RootElement.GetProperty("http").GetString()!;
        Grpc = document.RootElement.GetProperty("grpc").GetString()!;
        Https = document.RootElement.TryGetProperty("https", out var https) ? https.GetString() : null;
        return document.RootElement.GetProperty("pid").GetInt32() == process.Id;
    }
}
