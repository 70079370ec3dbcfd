namespace Cairn.Clients.Tests.Jobs;

public sealed class NodeJobsTests(JobsServer server) : IClassFixture<JobsServer>
{
    [Fact]
    public Task the_official_package_runs_lists_cancels_and_deletes_jobs_over_grpc() =>
        server.RunScriptAsync("Jobs/jobs.cjs", "@google-cloud/aiplatform");
}
