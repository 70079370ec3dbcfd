using Cairn.Clients.Tests.Jobs;

namespace Cairn.Clients.Tests.Logs;

public sealed class NodeLoggingTests(JobsServer server) : IClassFixture<JobsServer>
{
    [Fact]
    public Task the_official_package_writes_lists_tails_and_deletes_entries_over_grpc() =>
        server.RunScriptAsync("Logs/logs.cjs", "@google-cloud/logging-api");
}
