namespace Cairn.Clients.Tests.Storage;

public sealed class NodeStorageTests(StorageServer server) : IClassFixture<StorageServer>
{
    [Fact]
    public Task the_official_package_works_unmodified_with_resumable_uploads_of_200_megabytes_and_generations() =>
        server.RunScriptAsync("Storage/storage.cjs", "@google-cloud/storage");
}
