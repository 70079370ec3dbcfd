using Cairn.Clients.Tests.Models;

namespace Cairn.Clients.Tests.Tracking;

public sealed class NodeMetadataTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    [Fact]
    public async Task the_official_package_writes_and_reads_the_graph_over_grpc() =>
        (await server.Node().RunAsync(Path.Combine(AppContext.BaseDirectory, "Tracking/metadata.cjs"))).ShouldEndWith("done");
}
