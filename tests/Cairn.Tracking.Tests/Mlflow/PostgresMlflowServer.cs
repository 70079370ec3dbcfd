using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>A server on a PostgreSQL of its own.</summary>
public sealed class PostgresMlflowServer : MlflowServer
{
    private PostgresServer? _postgres;

    public override string? Missing => PostgresServer.Find() is null ? "PostgreSQL is not installed." : null;

    protected override async Task<string[]> ArgumentsAsync()
    {
        _postgres = await PostgresServer.StartAsync();
        return ["--store", await _postgres.CreateDatabaseAsync()];
    }

    protected override ValueTask EndAsync() => _postgres?.DisposeAsync() ?? ValueTask.CompletedTask;
}
