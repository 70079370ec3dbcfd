using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tests.Runs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Tracking.Tests.Bugs;

public abstract class FoldTests(DatabaseFixture fixture)
{
    /// <summary>A fold that is not done after so many transactions is not done at all.</summary>
    private const int Endless = 50;

    [Fact]
    public async Task a_search_waits_for_what_was_logged_before_it_and_not_for_what_is_logged_meanwhile()
    {
        await using var host = await RunsHost.StartAsync(
            fixture,
            static services => services.RemoveAll<Microsoft.Extensions.Hosting.IHostedService>()
        );
        var run = await host.Run(await host.Experiment("e"), "r");
        await host.Log(run, "loss", (0, 1));
        var step = 0;
        var chased = new ChasedDatabase(host.Database, () => host.Log(run, "loss", (++step, 1)));
        using var fold = new MetricFold(chased, NullLogger<MetricFold>.Instance);
        await fold.FoldAsync();
        chased.Writes.ShouldBe(1);
        (await Latest(host, run)).ShouldBe(0);
        await fold.FoldAsync();
        (await Latest(host, run)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task runs_that_are_removed_while_they_are_folded_hold_up_nothing()
    {
        await using var host = await RunsHost.StartAsync(
            fixture,
            static services => services.RemoveAll<Microsoft.Extensions.Hosting.IHostedService>()
        );
        var experiment = await host.Experiment("e");
        var runs = new List<Run>();
        for (var i = 0; i < 70; i++)
        {
            runs.Add(await host.Run(experiment, $"r{i}"));
            await host.Log(runs[i], "loss", (0, i));
        }

        var removed = 0;
        var chased = new ChasedDatabase(
            host.Database,
            () =>
                removed < 6
                    ? host.Write(session =>
                    {
                        host.Runs.Remove(session, runs[^++removed]);
                        return true;
                    })
                    : Task.CompletedTask
        );
        using var fold = new MetricFold(chased, NullLogger<MetricFold>.Instance);
        await fold.FoldAsync();
        await fold.FoldAsync();
        chased.Writes.ShouldBe(2);
        (await host.Search(experiment, "metrics.loss >= 0", ["metrics.loss"])).ShouldBe(
            Enumerable.Range(0, 68).Select(static i => $"r{i}")
        );
    }

    private static Task<long> Latest(RunsHost host, Run run) =>
        host.Read(session => session.QueryFirst("SELECT step FROM run_metrics WHERE run = $1", static row => row.GetInt64(0), run.Id));

    /// <summary>Has something done after each write, as clients do that are always faster.</summary>
    private sealed class ChasedDatabase(IDatabase inner, Func<Task> after) : IDatabase
    {
        public int Writes { get; private set; }

        public SqlDialect Dialect => inner.Dialect;

        public async Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
        {
            (++Writes).ShouldBeLessThan(Endless);
            var result = await inner.WriteAsync(work, cancellation);
            await after();
            return result;
        }

        public Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) =>
            inner.ReadAsync(work, cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

public sealed class FoldOnSqlite(SqliteFixture fixture) : FoldTests(fixture), IClassFixture<SqliteFixture>;

public sealed class FoldOnPostgreSql(PostgresFixture fixture) : FoldTests(fixture), IClassFixture<PostgresFixture>;
