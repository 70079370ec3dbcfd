using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Tests.Runs;

namespace Cairn.Tracking.Tests.Bugs;

public abstract class SearchOrderTests(DatabaseFixture fixture)
{
    [Fact]
    public async Task runs_that_started_in_the_same_millisecond_come_by_their_ids_in_pages_and_are_not_sorted()
    {
        var plans = new Plans();
        using var subscription = DiagnosticListener.AllListeners.Subscribe(plans);
        await using var host = await RunsHost.StartAsync(fixture);
        var experiment = await host.Experiment("e");
        var runs = new List<Tracking.Runs.Run>();
        for (var i = 0; i < 20; i++)
        {
            runs.Add(await host.Run(experiment, $"r{i}", started: 1_000 + (i / 15)));
        }

        // Sizes that no other test has, by which the statements are known.
        foreach (var pageSize in (int[])[13, 37])
        {
            (await host.Search(experiment, "", [], pageSize)).ShouldBe(
                runs.OrderByDescending(static run => run.Started)
                    .ThenBy(static run => run.Uuid, StringComparer.Ordinal)
                    .Select(static run => run.Name)
            );
            (await host.Search(experiment, "", ["start_time ASC"], pageSize)).ShouldBe(
                runs.OrderBy(static run => run.Started)
                    .ThenBy(static run => run.Uuid, StringComparer.Ordinal)
                    .Select(static run => run.Name)
            );
        }

        var searches = plans
            .Seen.Where(static statement =>
                statement.Sql.EndsWith("LIMIT 14", StringComparison.Ordinal) || statement.Sql.EndsWith("LIMIT 38", StringComparison.Ordinal)
            )
            .ToList();
        if (host.Database.Dialect == Kernel.Database.SqlDialect.Sqlite)
        {
            searches.Select(static statement => statement.Sql).Distinct().Count().ShouldBe(6);
        }

        searches.ShouldAllBe(static statement =>
            !statement.Plan.Any(static line => line.Contains("TEMP B-TREE", StringComparison.Ordinal))
        );
    }

    private sealed class Plans : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public ConcurrentQueue<PlannedStatement> Seen { get; } = [];

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == SqliteDiagnostics.Name)
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value) => Seen.Enqueue((PlannedStatement)value.Value!);

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}

public sealed class SearchOrderOnSqlite(SqliteFixture fixture) : SearchOrderTests(fixture), IClassFixture<SqliteFixture>;

public sealed class SearchOrderOnPostgreSql(PostgresFixture fixture) : SearchOrderTests(fixture), IClassFixture<PostgresFixture>;
