using Cairn.Testing;
using Cairn.Testing.Metrics;

namespace Cairn.Server.Tests.Telemetry;

/// <summary>A server that measures itself, in a process of its own: what is measured is a process's.</summary>
public sealed class MeasuredServer : IAsyncLifetime
{
    private string _monitor = "";

    public ServerProcess Server { get; private set; } = null!;

    public RestClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(arguments: ["--metrics", "--authentication", "on"]);
        Admin = new RestClient(Server.Http, await RunningServer.AdministratorAsync(Server.Data));
        _monitor = await TokenAsync("monitor");
    }

    public async Task<string> TokenAsync(string role, string? project = null) =>
        (string)
            (
                await Admin.PostAsync(
                    "/cairn/v1/tokens",
                    new
                    {
                        name = role,
                        role,
                        project,
                    }
                )
            )["token"]!;

    /// <summary>What Prometheus would read now.</summary>
    public async Task<PrometheusPage> ScrapeAsync()
    {
        using var client = new RestClient(Server.Http, _monitor);
        return PrometheusPage.Parse((string)(await client.GetAsync("/metrics"))["text"]!);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
    }
}
