namespace Cairn.Clients.Tests.Models;

public sealed class NodeModelsTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    [Fact]
    public Task the_official_package_uploads_deploys_and_predicts_over_grpc() =>
        server.RunScriptAsync("Models/models.cjs", "@google-cloud/aiplatform");
}
