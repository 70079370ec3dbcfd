using Cairn.Testing;

namespace Cairn.Data.Tests.Blobs;

/// <summary>One S3 server for a class of tests.</summary>
public sealed class RadosFixture : IAsyncLifetime
{
    public RadosGateway Gateway { get; } = new();

    public async ValueTask InitializeAsync() => await Gateway.StartAsync();

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
