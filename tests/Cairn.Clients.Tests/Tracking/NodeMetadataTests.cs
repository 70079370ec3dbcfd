using Cairn.Clients.Tests.Models;

namespace Cairn.Clients.Tests.Tracking;

public sealed class NodeMetadataTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    [Fact]
    public Task the_official_package_writes_and_reads_the_graph_over_grpc() =>
        server.RunScriptAsync("Tracking/metadata.cjs", "@google-cloud/aiplatform");
}
