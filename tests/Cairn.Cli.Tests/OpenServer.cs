using Cairn.Testing;

namespace Cairn.Cli.Tests;

/// <summary>A server on loopback without authentication, for all tests of a class.</summary>
public sealed class OpenServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    internal Task<ProgramRun> CairnAsync(params string[] args) => ProgramRun.OfAsync(Process, args);
}
