using Cairn.Kernel.Errors;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Google.Rpc;

namespace Cairn.Tracking.Tests.Runs;

/// <summary>What experiments, runs, metrics and searches promise, on every engine.</summary>
public abstract class RunConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunsHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task the_default_experiment_is_there_and_has_the_id_zero()
    {
        var found = await _host.Read(session =>
            _host.Experiments.FindByName(session, DefaultExperiment.Project, DefaultExperiment.Location, "Default")
        );
        found!.Id.ShouldBe(0);
        (await _host.Experiment("next")).Id.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task names_are_taken_once_and_slugs_are_made_from_them()
    {
        var first = await _host.Experiment("/Users/Ada/My Exp!");
        first.Slug.ShouldBe("users-ada-my-exp");
        (await _host.Experiment("users ada my exp")).Slug.ShouldBe("users-ada-my-exp-2");
        (await Should.ThrowAsync<StatusException>(() => _host.Experiment("/Users/Ada/My Exp!"))).Code.ShouldBe(Code.AlreadyExists);
        var run = await _host.Run(first, "A Run");
        run.Slug.ShouldBe("a-run");
        var twin = await _host.Run(first, "A Run");
        twin.Slug.ShouldBe("a-run-" + twin.Uuid[..8]);
        var found = await _host.Read(session => _host.Runs.FindByContext(session, "p", "l", "users-ada-my-exp-a-run"));
        found!.Value.Run.Uuid.ShouldBe(run.Uuid);
    }

    [Fact]
    public async Task a_parameter_keeps_its_first_value_unless_told_otherwise()
    {
        var run = await _host.Run(await _host.Experiment("e"), "r");
        async Task Set(string value, bool overwrite = false) =>
            await _host.Write(session =>
            {
                RunFields.SetParam(session, run, new Param("lr", value, true), overwrite);
                return true;
            });
        await Set("0.1");
        await Set("0.1");
        (await Should.ThrowAsync<StatusException>(() => Set("0.2"))).Message.ShouldContain("Changing param values is not allowed");
        await Set("0.3", overwrite: true);
        (await _host.Data(run)).Params.ShouldBe([new Param("lr", "0.3", true)]);
    }

    [Fact]
    public async Task a_point_that_is_logged_twice_is_there_once_and_the_latest_is_the_greatest_step()
    {
        var run = await _host.Run(await _host.Experiment("e"), "r");
        await _host.Log(run, "loss", (0, 1.5), (1, 0.5), (2, double.NaN));
        await _host.Log(run, "loss", (1, 0.5), (0, 1.5));
        await _host.Log(run, "acc", (5, double.PositiveInfinity));
        (await _host.History(run, "loss"))
            .Select(static point => (point.Step, point.Value))
            .ShouldBe([(0, 1.5), (1, 0.5), (2, double.NaN)]);
        for (var folded = 0; folded < 2; folded++)
        {
            var metrics = (await _host.Data(run)).Metrics;
            metrics
                .Select(static metric => (metric.Name, metric.Point.Step, metric.Point.Value))
                .ShouldBe([("acc", 5, double.PositiveInfinity), ("loss", 2, double.NaN)]);
            await _host.Get<MetricFold>().FoldAsync();
        }
    }

    [Fact]
    public async Task twenty_clients_that_repeat_their_calls_lose_nothing_and_double_nothing()
    {
        var run = await _host.Run(await _host.Experiment("e"), "r");
        var key = await _host.Get<MetricKeys>().InternAsync("loss");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (client, cancellation) =>
            {
                for (var batch = 0; batch < 10; batch++)
                {
                    var points = Enumerable
                        .Range(0, 25)
                        .Select(i => new LoggedPoint(key, new MetricPoint((client * 1_000) + (batch * 25) + i, 7, i)))
                        .ToArray();
                    await _host
                        .Get<MetricLog>()
                        .AppendAsync(
                            run.Uuid,
                            points,
                            [new Param($"p{client}", "1")],
                            [KeyValuePair.Create($"t{client}", "1")],
                            cancellation
                        );
                    await _host.Get<MetricLog>().AppendAsync(run.Uuid, points, [new Param($"p{client}", "1")], [], cancellation);
                }
            }
        );
        var history = await _host.History(run, "loss");
        history.Count.ShouldBe(20 * 250);
        history
            .Select(static point => point.Step)
            .ShouldBe(
                Enumerable.Range(0, 20).SelectMany(static client => Enumerable.Range(0, 250).Select(i => (long)(client * 1_000) + i))
            );
        var data = await _host.Data(run);
        data.Params.Count.ShouldBe(20);
        data.Tags.Count.ShouldBe(20);
        data.Metrics.ShouldHaveSingleItem().Point.Step.ShouldBe(19_249);
    }

    [Theory]
    [InlineData("metrics.acc > 0.5", "metrics.acc DESC", "d c b")]
    [InlineData("metrics.acc >= 0.2 and params.kind = 'odd'", "metrics.acc ASC", "b d")]
    [InlineData("", "metrics.acc DESC", "d c b a nan none")]
    [InlineData("", "metrics.acc ASC", "a b c d nan none")]
    [InlineData("", "start_time ASC", "a b c d nan none")]
    [InlineData("", "", "none nan d c b a")]
    [InlineData("params.kind LIKE 'e%'", "run_name ASC", "a c")]
    [InlineData("params.kind ILIKE 'E%'", "run_name DESC", "c a")]
    [InlineData("params.`kind` != 'even'", "run_name ASC", "b d")]
    [InlineData("attributes.run_name IN ('a', 'none')", "run_name ASC", "a none")]
    [InlineData("run_name NOT IN ('a', 'none')", "run_name ASC", "b c d nan")]
    [InlineData("tags.\"the tag\" = 'it''s'", "", "a")]
    [InlineData("tags.`the tag` IS NULL and status = 'RUNNING'", "params.kind ASC, run_name DESC", "c d b none nan")]
    [InlineData("metrics.nothing > 0", "", "")]
    [InlineData("", "metrics.nothing ASC, run_name ASC", "a b c d nan none")]
    [InlineData("start_time > 2 and start_time <= 4", "run_name ASC", "c d")]
    public async Task a_search_finds_and_orders_as_it_is_told_whatever_its_pages(string filter, string orderBy, string expected)
    {
        var experiment = await _host.Experiment("e");
        var other = await _host.Experiment("other");
        string[] names = ["a", "b", "c", "d"];
        for (var i = 0; i < names.Length; i++)
        {
            var run = await _host.Run(experiment, names[i], i + 1);
            await _host.Log(run, "acc", (0, 99), (1, 0.4 + (0.2 * i)));
            await _host.Write(session =>
            {
                RunFields.SetParam(session, run, new Param("kind", i % 2 == 0 ? "even" : "odd"));
                if (i == 0)
                {
                    RunFields.SetTag(session, run, "the tag", "it's");
                }

                return true;
            });
        }

        await _host.Log(await _host.Run(experiment, "nan", 5), "acc", (0, double.NaN));
        await _host.Run(experiment, "none", 6);
        await _host.Log(await _host.Run(other, "elsewhere", 1), "acc", (0, 0.9));
        var order = orderBy.Length == 0 ? [] : orderBy.Split(", ");
        foreach (var pageSize in (int[])[1_000, 1, 2, 3])
        {
            string.Join(' ', await _host.Search(experiment, filter, order, pageSize)).ShouldBe(expected, $"pages of {pageSize}");
        }
    }

    [Theory]
    [InlineData("metrics.acc > 'x'", "is a number")]
    [InlineData("metrics.acc >", "ends where")]
    [InlineData("params.a = 5", "in quotes")]
    [InlineData("params.a = '5' or params.a = '6'", "AND only")]
    [InlineData("colour = 'red'", "no attribute 'colour'")]
    [InlineData("things.x = 'red'", "names nothing of a run")]
    [InlineData("params.a = 'unclosed", "never closed")]
    [InlineData("metrics.acc LIKE 3", "cannot be compared")]
    [InlineData("metrics.acc IS NULL", "'metrics.acc' cannot be asked for by 'IS NULL': that is for parameters and tags")]
    [InlineData("start_time IS NOT NULL", "that is for parameters and tags")]
    [InlineData("attributes.run_name IS NULL", "that is for parameters and tags")]
    [InlineData("attributes.experiment_id IS NULL", "that is for parameters and tags")]
    public async Task a_filter_that_cannot_be_read_says_what_and_where(string filter, string message)
    {
        var experiment = await _host.Experiment("e");
        var error = await Should.ThrowAsync<StatusException>(() => _host.Search(experiment, filter, []));
        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task a_page_token_belongs_to_its_query()
    {
        var experiment = await _host.Experiment("e");
        await _host.Run(experiment, "a");
        await _host.Run(experiment, "b");
        var search = _host.Get<Search.RunSearch>();
        var page = await search.SearchAsync(new Search.RunQuery([experiment.Id]) { PageSize = 1 });
        page.NextPageToken.ShouldNotBeEmpty();
        await Should.ThrowAsync<StatusException>(() =>
            search.SearchAsync(
                new Search.RunQuery([experiment.Id])
                {
                    PageSize = 1,
                    Filter = "status = 'RUNNING'",
                    PageToken = page.NextPageToken,
                }
            )
        );
        await Should.ThrowAsync<StatusException>(() =>
            search.SearchAsync(new Search.RunQuery([experiment.Id]) { PageToken = "bm9uc2Vuc2U" })
        );
    }

    [Fact]
    public async Task a_run_is_deleted_restored_moved_and_removed_with_all_it_logged()
    {
        var from = await _host.Experiment("from");
        var to = await _host.Experiment("to");
        var run = await _host.Run(from, "r");
        await _host.Log(run, "acc", (0, 0.5));
        await _host.Get<MetricFold>().FoldAsync();
        await _host.Write(session => _host.Runs.SetStage(session, run, Lifecycle.Deleted));
        (await _host.Search(from, "", [])).ShouldBeEmpty();
        (await _host.Search(from, "", [], stage: null)).ShouldBe(["r"]);
        await Should.ThrowAsync<StatusException>(() => _host.Log(run, "acc", (1, 0.6)));
        await _host.Write(session => _host.Runs.SetStage(session, _host.Runs.Get(session, run.Uuid), Lifecycle.Active));
        await _host.Write(session => _host.Runs.Move(session, _host.Runs.Get(session, run.Uuid), to));
        (await _host.Search(from, "metrics.acc > 0", ["metrics.acc"])).ShouldBeEmpty();
        (await _host.Search(to, "metrics.acc > 0", ["metrics.acc"])).ShouldBe(["r"]);
        await _host.Write(session =>
        {
            _host.Runs.Remove(session, _host.Runs.Get(session, run.Uuid));
            return true;
        });
        (await _host.Search(to, "", [], stage: null)).ShouldBeEmpty();
        (
            await _host.Read(static session => session.QueryFirst("SELECT COUNT(*) FROM metric_blocks", static row => row.GetInt64(0)))
        ).ShouldBe(0);
    }
}

public sealed class RunsOnSqlite(SqliteFixture fixture) : RunConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class RunsOnPostgreSql(PostgresFixture fixture) : RunConformance(fixture), IClassFixture<PostgresFixture>;
