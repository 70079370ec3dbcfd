using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cairn.Bench.Rows;

/// <summary>From the start of the process to its first answered request, beside a bare ASP.NET host. Needs <c>make build</c>.</summary>
internal sealed class Start : IBenchmark
{
    public string Name => "start";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var program = CairnProgram.Path;
        var folder = Directory.CreateTempSubdirectory("cairn-bench-");
        try
        {
            var (ours, peer, _) = await Rounds.CompareAsync(
                () =>
                    MeasureAsync(
                        port => new ProcessStartInfo(
                            program,
                            [
                                "server",
                                "--data",
                                Path.Combine(folder.FullName, "data"),
                                "--http",
                                $"127.0.0.1:{port}",
                                "--grpc",
                                "127.0.0.1:0",
                            ]
                        ),
                        "/healthz"
                    ),
                () =>
                    MeasureAsync(
                        static port => new ProcessStartInfo(
                            Path.Combine(AppContext.BaseDirectory, "Cairn.Bench"),
                            ["bare-host", $"http://127.0.0.1:{port}"]
                        ),
                        "/"
                    )
            );
            return
            [
                new BenchmarkResult(
                    Name,
                    Rounds.Number(ours, " s"),
                    $"bare ASP.NET host {Rounds.Number(peer, " s")}",
                    ours / peer,
                    "<= 1 s and <= +0.5 s",
                    ours <= 1 && ours - peer <= 0.5
                ),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(Func<int, ProcessStartInfo> start, string path)
    {
        var port = FreePort();
        var info = start(port);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(info)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(path);
                if (response.IsSuccessStatusCode)
                {
                    break;
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(2);
            }
        }

        var seconds = clock.Elapsed.TotalSeconds;
        process.Kill();
        await process.WaitForExitAsync();
        return seconds;
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
