namespace Cairn.Clients.Tests.Models;

public sealed class NodeModelsTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    [Fact]
    public async Task the_official_package_uploads_deploys_and_predicts_over_grpc() =>
        (await server.Node().RunAsync(Path.Combine(AppContext.BaseDirectory, "Models/models.cjs"))).ShouldEndWith("done");
}
