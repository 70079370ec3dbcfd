using System.Diagnostics;
using System.Text.Json;

namespace Cairn.Testing;

/// <summary>
/// The real program, <c>cairn server</c>, in its own process on free loopback ports. It is killed by the kernel when the test process ends,
/// however that comes about.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Lock _logged = new();
    private readonly ScratchDirectory? _scratch;
    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private Process _process = null!;

    private ServerProcess(string? data, string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        _scratch = data is null ? new ScratchDirectory() : null;
        Data = data ?? _scratch!["data"];
        _arguments = arguments;
        _environment = environment;
    }

    public string Data { get; }

    /// <summary>The REST address without a trailing slash.</summary>
    public string Http { get; private set; } = "";

    /// <summary>Host and port.</summary>
    public string Grpc { get; private set; } = "";

    /// <summary>The TLS address, where <c>--https</c> was given.</summary>
    public string? Https { get; private set; }

    public int Pid => _process.Id;

    /// <summary>What the server wrote to its outputs, of all its starts.</summary>
    public string Log => Data + ".log";

    /// <summary>What <see cref="Log"/> holds so far.</summary>
    public async Task<string> ReadLogAsync() => File.Exists(Log) ? await File.ReadAllTextAsync(Log) : "";

    /// <summary>The program beside the tests.</summary>
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "cairn");

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="data">Its folder; a temporary one where null.</param>
    /// <param name="arguments">More options of <c>cairn server</c>.</param>
    public static async Task<ServerProcess> StartAsync(
        string? data = null,
        string[]? arguments = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var server = new ServerProcess(data, arguments ?? [], environment);
        await server.LaunchAsync("127.0.0.1:0", "127.0.0.1:0");
        return server;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: false);
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, and the wait for its end. Returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>
    /// Starts the server again on the same folder and the same ports, after <see cref="Kill"/> or <see cref="StopAsync"/>.
    /// </summary>
    public Task RestartAsync() => LaunchAsync(new Uri(Http).Authority, Grpc);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: false);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        if (_scratch is not null)
        {
            _scratch.Dispose();
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

        string[] server = ["server", "--data", Data, "--http", http, "--grpc", grpc, .. _arguments];
        var start = new ProcessStartInfo(Executable, server)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        Plans.StatementPlans.Watch(start);
        foreach (var (name, value) in _environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = await BoundProcess.StartAsync(start);
        _process.StandardInput.Close();
        _process.OutputDataReceived += Append;
        _process.ErrorDataReceived += Append;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new HttpClient();
        await Poll.UntilAsync(
            async () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException(
                        $"The server ended with {_process.ExitCode} before it was ready:\n{await ReadLogAsync()}"
                    );
                }

                return File.Exists(file)
                    && Read(await File.ReadAllTextAsync(file))
                    && (await client.GetAsync(Http + "/healthz")).IsSuccessStatusCode;
            },
            "the server to be ready"
        );
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_logged)
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
        return document.RootElement.GetProperty("pid").GetInt32() == _process.Id;
    }
}
