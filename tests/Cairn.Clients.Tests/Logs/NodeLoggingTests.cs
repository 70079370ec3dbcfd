using Cairn.Clients.Tests.Jobs;

namespace Cairn.Clients.Tests.Logs;

public sealed class NodeLoggingTests(JobsServer server) : IClassFixture<JobsServer>
{
    [Fact]
    public async Task the_official_package_writes_lists_tails_and_deletes_entries_over_grpc()
        => (await server.Node().RunAsync(Path.Combine(AppContext.BaseDirectory, "Logs/logs.cjs"))).ShouldEndWith("done");
}
