namespace Cairn.Clients.Tests.Datasets;

public sealed class NodeDatasetsTests(DatasetsServer server) : IClassFixture<DatasetsServer>
{
    [Fact]
    public Task the_official_package_creates_imports_exports_and_deletes_over_grpc() =>
        server.RunScriptAsync("Datasets/datasets.cjs", "@google-cloud/aiplatform");
}
