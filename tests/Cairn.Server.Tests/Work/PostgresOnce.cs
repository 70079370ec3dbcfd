using Cairn.Testing;

namespace Cairn.Server.Tests.Work;

/// <summary>One server of PostgreSQL for all kinds.</summary>
public sealed class PostgresOnce : IAsyncLifetime
{
    private PostgresServer? _server;

    /// <summary>The server; the test is skipped where PostgreSQL is not installed.</summary>
    public PostgresServer Required
    {
        get
        {
            Assert.SkipWhen(_server is null, "PostgreSQL is not installed.");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Find() is not null)
        {
            _server = await PostgresServer.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
