namespace Cairn.Clients.Tests.Tuning;

public sealed class NodeTuningJobsTests(TuningJobsServer server) : IClassFixture<TuningJobsServer>
{
    [Fact]
    public Task the_official_package_runs_lists_cancels_and_deletes_tuning_jobs_over_grpc() =>
        server.RunScriptAsync("Tuning/tuning-jobs.cjs", "@google-cloud/aiplatform");
}
