using Cairn.Testing;

namespace Cairn.TuningJobs.Tests;

public sealed class PostgresTests
{
    [Fact]
    public async Task a_job_is_tuned_with_the_store_on_postgresql()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await TuningServer.StartAsync("--store", await postgres.CreateDatabaseAsync());
        var name = await server.CreateAsync(TuningServer.Job("report('score', float(values['x']), 1)", trials: 3, parallel: 2));
        var ended = await server.EndAsync(name);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        TuningServer
            .Trials(ended)
            .ShouldAllBe(static trial => Math.Abs(TuningServer.Metric(trial) - TuningServer.Parameter(trial, "x")) < 1e-9);
        await server.Rest.SendAsync(HttpMethod.Delete, "/v1/" + name);
    }
}
