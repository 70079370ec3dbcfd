namespace Cairn.Clients.Tests.Tuning;

public sealed class NodeVizierTests(TuningServer server) : IClassFixture<TuningServer>
{
    [Fact]
    public Task the_official_package_runs_a_study_over_grpc() => server.RunScriptAsync("Tuning/vizier.cjs", "@google-cloud/aiplatform");
}
