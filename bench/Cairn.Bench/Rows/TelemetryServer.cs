using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Bench.Load;

namespace Cairn.Bench.Rows;

/// <summary>The program as a server of its own, with one model in it.</summary>
internal sealed class TelemetryServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cairn-bench-");
    private Process _process = null!;
    private Uri _url = null!;
    private byte[] _request = [];

    public static async Task<TelemetryServer> StartAsync(params string[] options)
    {
        var server = new TelemetryServer();
        var data = Path.Combine(server._folder.FullName, "data");
        server._process = Process.Start(
            new ProcessStartInfo(
                CairnProgram.Path,
                ["server", "--data", data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", .. options]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        var file = Path.Combine(data, "server.json");
        while (!File.Exists(file))
        {
            await Task.Delay(20);
        }

        server._url = new Uri(JsonNode.Parse(await File.ReadAllTextAsync(file))!["http"]!.ToString());
        server._request = Http1Load.Get("/v1/" + await server.UploadAsync());
        return server;
    }

    /// <summary>Requests for the model that a second of the server's processor time answers.</summary>
    public async Task<double> LoadAsync()
    {
        var before = Used();
        var counts = await Task.WhenAll(
            Enumerable.Range(0, ModelGet.Connections).Select(_ => Http1Load.RunAsync(_url.Port, [_request], ModelGet.Round))
        );
        return counts.Sum() / (Used() - before).TotalSeconds;
    }

    private TimeSpan Used()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string> UploadAsync()
    {
        using var http = new HttpClient { BaseAddress = _url };
        using var response = await http.PostAsJsonAsync(
            $"/v1/{BenchServer.Location}/models:upload",
            new { model = new { displayName = "benchmark", containerSpec = new { imageUri = "example.com/server:1" } } }
        );
        var operation = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        while (operation["done"] is null)
        {
            await Task.Delay(20);
            operation = JsonNode.Parse(await http.GetStringAsync("/v1/" + operation["name"]))!;
        }

        return (string)operation["response"]!["model"]!;
    }
}
