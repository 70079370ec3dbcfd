namespace Cairn.Clients.Tests.Jobs;

public sealed class NodeJobsTests(JobsServer server) : IClassFixture<JobsServer>
{
    [Fact]
    public async Task the_official_package_runs_lists_cancels_and_deletes_jobs_over_grpc()
        => (await server.Node().RunAsync(Path.Combine(AppContext.BaseDirectory, "Jobs/jobs.cjs"))).ShouldEndWith("done");
}
