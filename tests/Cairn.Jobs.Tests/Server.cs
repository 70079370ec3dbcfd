using Cairn.Testing;

[assembly: AssemblyFixture(typeof(Cairn.Jobs.Tests.Server))]

namespace Cairn.Jobs.Tests;

/// <summary>One real server for the tests that do not kill it.</summary>
public sealed class Server : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public JobsClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Process = await ServerProcess.StartAsync(arguments: ["--pip-index", "none"]);
        Client = new JobsClient(Process);
        await Client.CreateBucketAsync(JobsClient.Bucket);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }
}
