using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tests.Database;
using Cairn.Mlflow.LoggedModels;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tests.Runs;
using Google.Rpc;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>What logged models and their search promise, on every engine.</summary>
public abstract class LoggedModelConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunsHost.StartAsync(fixture, static services => services.AddLoggedModels());

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_parameter_keeps_its_first_value_and_a_retry_is_no_error()
    {
        var model = await Model(await _host.Experiment("e"), "a", ("depth", "3"));
        Task Set(string value) =>
            _host.Write(session =>
            {
                LoggedModelFields.SetParams(session, model, [KeyValuePair.Create("depth", value)]);
                return true;
            });
        await Set("3");
        (await Should.ThrowAsync<StatusException>(() => Set("4"))).Code.ShouldBe(Code.InvalidArgument);
        (await Data(model)).Params.ShouldBe([KeyValuePair.Create("depth", "3")]);
    }

    [Fact]
    public async Task a_name_is_made_up_and_may_not_have_what_addresses_are_made_of()
    {
        var experiment = await _host.Experiment("e");
        (await Model(experiment, "")).Name.ShouldNotBeEmpty();
        foreach (var bad in (string[])["a/b", "a:b", "a.b", "a%b", "a\"b", "a'b", new string('x', 501)])
        {
            (await Should.ThrowAsync<StatusException>(() => Model(experiment, bad))).Code.ShouldBe(Code.InvalidArgument);
        }
    }

    [Fact]
    public async Task of_each_metric_the_latest_point_of_a_run_and_dataset_is_kept_in_whatever_order_points_come()
    {
        var experiment = await _host.Experiment("e");
        var run = await _host.Run(experiment, "r");
        var model = await Model(experiment, "a");
        await Measure(run, model, "acc", "", (2, 0.8), (1, 0.5));
        await Measure(run, model, "acc", "", (1, 0.5));
        await Measure(run, model, "acc", "test", (0, 0.7));
        await Measure(run, model, "odd", "", (0, double.NaN), (1, double.NegativeInfinity));
        await Measure(run, model, "none", "", (0, double.NaN));
        var metrics = (await Data(model)).Metrics;
        metrics
            .Select(static metric => (metric.Name, metric.DatasetName, metric.Point.Step, metric.Point.Value))
            .ShouldBe([("acc", "test", 0, 0.7), ("acc", "", 2, 0.8), ("none", "", 0, double.NaN), ("odd", "", 1, double.NegativeInfinity)]);
        metrics.ShouldAllBe(metric => metric.RunId == run.Uuid);
    }

    [Theory]
    [InlineData("", "dcba")]
    [InlineData("metrics.acc > 0.25", "cba")]
    [InlineData("metrics.acc > 0.25 AND params.depth = '2'", "b")]
    [InlineData("params.depth = 2", "b")]
    [InlineData("params.depth LIKE '%'", "dba")]
    [InlineData("tags.`my team` = 'x'", "a")]
    [InlineData("tags.nothing IS NULL AND name != 'd'", "cba")]
    [InlineData("name ILIKE 'A' AND status = 'READY'", "a")]
    [InlineData("attributes.status = 'PENDING'", "dcb")]
    [InlineData("creation_timestamp > 5 AND model_type = 'tree'", "dcba")]
    [InlineData("metrics.unknown < 1", "")]
    public async Task a_filter_finds_the_models_that_pass_every_comparison(string filter, string found)
    {
        var experiment = await Shelf();
        (await Names(experiment, filter)).ShouldBe(found);
    }

    [Theory]
    [InlineData("metrics.acc", true, null, "abcd")]
    [InlineData("metrics.acc", false, null, "cbad")]
    [InlineData("metrics.acc", false, "test", "adcb")]
    [InlineData("name", true, null, "abcd")]
    [InlineData("name", false, null, "dcba")]
    [InlineData("creation_timestamp", true, null, "abcd")]
    [InlineData("status", false, null, "adcb")]
    public async Task an_order_puts_what_a_model_lacks_last_and_pages_follow_it(string field, bool ascending, string? dataset, string found)
    {
        var experiment = await Shelf();
        LoggedModelOrder[] order = [new LoggedModelOrder(field, ascending, dataset is null ? null : new DatasetName(dataset, null))];
        foreach (var size in (int[])[1, 2, 3, 4, 100])
        {
            (await Names(experiment, "", order, size)).ShouldBe(found);
        }
    }

    [Fact]
    public async Task datasets_narrow_metrics_and_without_one_the_models_that_were_measured_on_them()
    {
        var experiment = await Shelf();
        (await Names(experiment, "metrics.acc > 0.85", datasets: [new DatasetName("test", null)])).ShouldBe("a");
        (await Names(experiment, "", datasets: [new DatasetName("test", null)])).ShouldBe("a");
        (await Names(experiment, "", datasets: [new DatasetName("test", "other")])).ShouldBe("");
    }

    [Theory]
    [InlineData("metrics.acc > 'x'")]
    [InlineData("nothing = 'x'")]
    [InlineData("spans.a = 'x'")]
    [InlineData("name > 'x'")]
    [InlineData("name IS NULL")]
    [InlineData("status = 'DONE'")]
    [InlineData("name = 'a' OR name = 'b'")]
    public async Task a_filter_that_cannot_be_read_is_refused(string filter) =>
        (
            await Should.ThrowAsync<StatusException>(() =>
                Names(
                    new Experiment
                    {
                        Id = 0,
                        Project = "p",
                        Location = "l",
                        Slug = "e",
                        Name = "e",
                        ArtifactLocation = "",
                        Created = 0,
                        Updated = 0,
                    },
                    filter
                )
            )
        ).Code.ShouldBe(Code.InvalidArgument);

    [Fact]
    public async Task a_run_names_the_models_it_made_and_used_until_they_are_deleted()
    {
        var experiment = await _host.Experiment("e");
        var run = await _host.Run(experiment, "r");
        var (made, used) = (await Model(experiment, "made"), await Model(experiment, "used"));
        await _host.Write(session =>
        {
            LoggedModelLinks.Add(session, run, made, isOutput: true, 3);
            LoggedModelLinks.Add(session, run, made, isOutput: true, 5);
            LoggedModelLinks.Add(session, run, used, isOutput: false, 0);
            return true;
        });
        (await Links(run)).ShouldBe([new RunModel(made.ModelId, true, 5), new RunModel(used.ModelId, false, 0)]);
        await _host.Write(session => _host.Get<LoggedModelStore>().Delete(session, used));
        (await Links(run)).ShouldBe([new RunModel(made.ModelId, true, 5)]);
        (await Names(experiment, "")).ShouldBe("made");
    }

    [Fact]
    public async Task what_ties_a_model_to_a_run_goes_with_the_run_and_the_models_with_their_experiment()
    {
        var experiment = await _host.Experiment("e");
        var run = await _host.Run(experiment, "r");
        var model = await Model(experiment, "a", ("depth", "3"));
        await Measure(run, model, "acc", "", (1, 0.5));
        await _host.Write(session =>
        {
            LoggedModelLinks.Add(session, run, model, isOutput: true, 0);
            _host.Runs.Remove(session, run);
            return true;
        });
        (await Data(model)).Metrics.ShouldBeEmpty();
        await _host.Write(session =>
        {
            _host.Experiments.Remove(session, experiment);
            return true;
        });
        (await _host.Read(session => _host.Get<LoggedModelStore>().Find(session, model.ModelId))).ShouldBeNull();
        (await Data(model)).Params.ShouldBeEmpty();
    }

    /// <summary>
    /// Four models: acc is 0.2, 0.3, 0.4 and unknown; on the dataset <c>test</c> only the first was measured, 0.9, before that.
    /// </summary>
    private async Task<Experiment> Shelf()
    {
        var experiment = await _host.Experiment("shelf");
        var run = await _host.Run(experiment, "r");
        var a = await Model(experiment, "a", ("depth", "1"));
        var b = await Model(experiment, "b", ("depth", "2"));
        var c = await Model(experiment, "c");
        await Model(experiment, "d", ("depth", "3"));
        await Measure(run, a, "acc", "test", (0, 0.9));
        await Measure(run, a, "acc", "", (1, 0.2));
        await Measure(run, b, "acc", "", (1, 0.3));
        await Measure(run, c, "acc", "", (1, 0.4));
        await _host.Write(session =>
        {
            LoggedModelFields.SetTags(session, a, [KeyValuePair.Create("my team", "x")]);
            return _host.Get<LoggedModelStore>().SetStatus(session, a, LoggedModelStatus.Ready);
        });
        return experiment;
    }

    private Task<LoggedModel> Model(Experiment experiment, string name, params (string Key, string Value)[] parameters) =>
        _host.Write(session =>
            _host
                .Get<LoggedModelStore>()
                .Create(
                    session,
                    experiment,
                    new NewLoggedModel(
                        name,
                        "tree",
                        "",
                        [.. parameters.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value))],
                        []
                    )
                )
        );

    private async Task Measure(Run run, LoggedModel model, string metric, string dataset, params (long Step, double Value)[] points)
    {
        var key = await _host.Get<MetricKeys>().InternAsync(metric);
        var logged = points
            .Select(point => new LoggedPoint(key, new MetricPoint(point.Step, 1_000_000 + point.Step, point.Value)))
            .ToArray();
        await _host.Write(session =>
        {
            LoggedModelMetrics.Log(
                session,
                run,
                logged,
                [.. logged.Select((_, i) => new ModelPoint(i, model.ModelId, dataset, dataset))],
                _ => model
            );
            return true;
        });
    }

    private Task<LoggedModelData> Data(LoggedModel model) => _host.Read(session => _host.Get<LoggedModelReader>().Read(session, model));

    private Task<List<RunModel>> Links(Run run) => _host.Read(session => LoggedModelLinks.Of(session, [run])[run.Id].ToList());

    private async Task<string> Names(
        Experiment experiment,
        string filter,
        IReadOnlyList<LoggedModelOrder>? order = null,
        int size = 100,
        IReadOnlyList<DatasetName>? datasets = null
    )
    {
        var names = "";
        string? token = null;
        do
        {
            var page = await _host
                .Get<LoggedModelSearch>()
                .SearchAsync(
                    new LoggedModelQuery([experiment.Id])
                    {
                        Filter = filter,
                        OrderBy = order ?? [],
                        PageSize = size,
                        PageToken = token,
                        Datasets = datasets ?? [],
                    }
                );
            page.Models.Count.ShouldBeLessThanOrEqualTo(size);
            names += string.Concat(page.Models.Select(static model => model.Name));
            token = page.NextPageToken;
        } while (token.Length > 0);
        return names;
    }
}

public sealed class LoggedModelsOnSqlite(SqliteFixture fixture) : LoggedModelConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class LoggedModelsOnPostgreSql(PostgresFixture fixture) : LoggedModelConformance(fixture), IClassFixture<PostgresFixture>;
