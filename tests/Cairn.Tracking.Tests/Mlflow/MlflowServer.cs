using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>One server for the tests of a class.</summary>
public sealed class MlflowServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync();

    public async ValueTask DisposeAsync() => await Process.DisposeAsync();
}
