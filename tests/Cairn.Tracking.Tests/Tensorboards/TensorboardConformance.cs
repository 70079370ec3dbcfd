using System.Globalization;
using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tracking.Tests.Tensorboards;

/// <summary>Tensorboards, their experiments, runs and series on every engine.</summary>
public abstract class TensorboardConformance(DatabaseFixture fixture) : TensorboardTests(fixture)
{
    [Fact]
    public async Task one_tensorboard_of_a_location_is_the_default_one()
    {
        var first = await Board(isDefault: true);
        var second = await Board("second", isDefault: true);
        var elsewhere = await TensorboardHost.EndAsync<Tensorboard>(
            Service.CreateTensorboard(
                new CreateTensorboardRequest
                {
                    Parent = "projects/demo/locations/europe-west4",
                    Tensorboard = new Tensorboard { DisplayName = "e", IsDefault = true },
                },
                Call
            )
        );
        elsewhere.IsDefault.ShouldBeTrue();
        (await List("is_default=true")).ShouldBe([second.Name]);
        (await List("is_default=false")).ShouldBe([first.Name]);

        await TensorboardHost.EndAsync<Tensorboard>(
            Service.UpdateTensorboard(
                new UpdateTensorboardRequest
                {
                    Tensorboard = new Tensorboard { Name = first.Name, IsDefault = true },
                    UpdateMask = new FieldMask { Paths = { "is_default" } },
                },
                Call
            )
        );
        (await List("is_default=true")).ShouldBe([first.Name]);
        (await List("display_name=\"second\"")).ShouldBe([second.Name]);
        first.BlobStoragePathPrefix.ShouldBe($"demo-tensorboard/{Id(first.Name)}");

        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboard(new DeleteTensorboardRequest { Name = first.Name }, Call));
        await Refused(Code.NotFound, () => Service.GetTensorboard(new GetTensorboardRequest { Name = first.Name }, Call));
        await Refused(Code.InvalidArgument, () => Board(""));
    }

    [Fact]
    public async Task another_projects_token_sees_nothing()
    {
        var board = await Board();
        var stranger = new CallContext { Caller = new Principal("task:1", ["*"], "other") };
        await Refused(Code.PermissionDenied, () => Service.GetTensorboard(new GetTensorboardRequest { Name = board.Name }, stranger));
        await Refused(
            Code.PermissionDenied,
            () =>
                Service.WriteTensorboardRunData(
                    new WriteTensorboardRunDataRequest { TensorboardRun = $"{board.Name}/experiments/e/runs/r" },
                    stranger
                )
        );
        await Refused(
            Code.PermissionDenied,
            () =>
                Service.CreateTensorboard(
                    new CreateTensorboardRequest
                    {
                        Parent = TensorboardHost.Parent,
                        Tensorboard = new Tensorboard { DisplayName = "x" },
                    },
                    stranger
                )
        );
    }

    [Fact]
    public async Task experiments_and_runs_are_made_listed_changed_and_deleted()
    {
        var board = await Board();
        var experiment = await Service.CreateTensorboardExperiment(
            new CreateTensorboardExperimentRequest
            {
                Parent = board.Name,
                TensorboardExperimentId = "e1",
                TensorboardExperiment = new TensorboardExperiment
                {
                    DisplayName = "First",
                    Labels = { ["team"] = "a" },
                    Source = "here",
                },
            },
            Call
        );
        experiment.Name.ShouldBe($"{board.Name}/experiments/e1");
        experiment.CreateTime.ShouldNotBeNull();
        (await Service.GetTensorboardExperiment(new GetTensorboardExperimentRequest { Name = experiment.Name }, Call)).ShouldBe(experiment);
        await Refused(Code.AlreadyExists, () => Experiment(board, "e1"));
        await Refused(Code.InvalidArgument, () => Experiment(board, "E_1"));
        await Experiment(board, "e2");

        var listed = await Service.ListTensorboardExperiments(
            new ListTensorboardExperimentsRequest { Parent = board.Name, Filter = "labels.team=a" },
            Call
        );
        listed.TensorboardExperiments.Select(static e => e.DisplayName).ShouldBe(["First"]);
        var updated = await Service.UpdateTensorboardExperiment(
            new UpdateTensorboardExperimentRequest
            {
                TensorboardExperiment = new TensorboardExperiment
                {
                    Name = experiment.Name,
                    DisplayName = "Renamed",
                    Etag = experiment.Etag,
                },
                UpdateMask = new FieldMask { Paths = { "display_name" } },
            },
            Call
        );
        (updated.DisplayName, updated.Labels["team"], updated.Source).ShouldBe(("Renamed", "a", "here"));
        await Refused(
            Code.Aborted,
            () =>
                Service.UpdateTensorboardExperiment(
                    new UpdateTensorboardExperimentRequest
                    {
                        TensorboardExperiment = new TensorboardExperiment
                        {
                            Name = experiment.Name,
                            DisplayName = "x",
                            Etag = experiment.Etag,
                        },
                    },
                    Call
                )
        );

        var runs = await Service.BatchCreateTensorboardRuns(
            new BatchCreateTensorboardRunsRequest
            {
                Parent = experiment.Name,
                Requests =
                {
                    Enumerable
                        .Range(0, 7)
                        .Select(i => new CreateTensorboardRunRequest
                        {
                            Parent = experiment.Name,
                            TensorboardRunId = $"r{i}",
                            TensorboardRun = new TensorboardRun
                            {
                                DisplayName = $"Run {i}",
                                Labels = { ["even"] = i % 2 == 0 ? "yes" : "no" },
                            },
                        }),
                },
            },
            Call
        );
        runs.TensorboardRuns.Count.ShouldBe(7);
        (await Pages(experiment.Name, "", "", 3)).ShouldBe(["r0", "r1", "r2", "r3", "r4", "r5", "r6"]);
        (await Pages(experiment.Name, "labels.even=yes", "", 3)).ShouldBe(["r0", "r2", "r4", "r6"]);
        (await Pages(experiment.Name, "", "display_name desc", 2)).ShouldBe(["r6", "r5", "r4", "r3", "r2", "r1", "r0"]);
        (await Pages(experiment.Name, "display_name=\"Run 3\" OR display_name:\"5\"", "", 50)).ShouldBe(["r3", "r5"]);
        await Refused(Code.InvalidArgument, () => Pages(experiment.Name, "nothing=1", "", 2));
        await Refused(Code.InvalidArgument, () => Pages(experiment.Name, "", "nothing", 2));
        (await Service.GetTensorboard(new GetTensorboardRequest { Name = board.Name }, Call)).RunCount.ShouldBe(7);

        var run = await Service.UpdateTensorboardRun(
            new UpdateTensorboardRunRequest
            {
                TensorboardRun = new TensorboardRun
                {
                    Name = runs.TensorboardRuns[0].Name,
                    Description = "d",
                    DisplayName = "Zero",
                },
                UpdateMask = new FieldMask { Paths = { "description", "displayName" } },
            },
            Call
        );
        (run.DisplayName, run.Description).ShouldBe(("Zero", "d"));
        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardRun(new DeleteTensorboardRunRequest { Name = run.Name }, Call));
        await Refused(Code.NotFound, () => Service.GetTensorboardRun(new GetTensorboardRunRequest { Name = run.Name }, Call));
        await TensorboardHost.EndAsync<Empty>(
            Service.DeleteTensorboardExperiment(new DeleteTensorboardExperimentRequest { Name = experiment.Name }, Call)
        );
        await Refused(
            Code.NotFound,
            () => Service.GetTensorboardRun(new GetTensorboardRunRequest { Name = runs.TensorboardRuns[1].Name }, Call)
        );
        (await Service.GetTensorboard(new GetTensorboardRequest { Name = board.Name }, Call)).RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task usage_counts_readers_by_month()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        await Read(series.Name);
        await Read(series.Name);
        var usage = await Service.ReadTensorboardUsage(
            new ReadTensorboardUsageRequest { Tensorboard = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)] },
            Call
        );
        var month = usage.MonthlyUsageData.ShouldHaveSingleItem();
        month.Key.ShouldBe(DateTime.UtcNow.ToString("yyyyMM", CultureInfo.InvariantCulture));
        month
            .Value.UserUsageData.ShouldHaveSingleItem()
            .ShouldBe(new ReadTensorboardUsageResponse.Types.PerUserUsageData { Username = "anonymous", ViewCount = 2 });
    }

    [Fact]
    public async Task series_have_ids_of_their_own_and_unique_names()
    {
        var run = await Run();
        var named = await Service.CreateTensorboardTimeSeries(
            new CreateTensorboardTimeSeriesRequest
            {
                Parent = run.Name,
                TensorboardTimeSeriesId = "my-series",
                TensorboardTimeSeries = new TensorboardTimeSeries { DisplayName = "a", ValueType = ValueType.Scalar },
            },
            Call
        );
        named.Name.ShouldEndWith("/timeSeries/my-series");
        await Write(run, named, [Scalar(1, 3)]);
        (await Read(named.Name)).TimeSeriesData.Values.ShouldHaveSingleItem();
        await Refused(Code.InvalidArgument, () => Series(run, "a", ValueType.Scalar, "scalars"));
        await Refused(Code.InvalidArgument, () => Series(run, "b", ValueType.Unspecified, ""));
        await Refused(
            Code.NotFound,
            () =>
                Write(run, new TensorboardTimeSeries { Name = run.Name + "/timeSeries/none", ValueType = ValueType.Scalar }, [Scalar(1, 1)])
        );
        var renamed = await Service.UpdateTensorboardTimeSeries(
            new UpdateTensorboardTimeSeriesRequest
            {
                TensorboardTimeSeries = new TensorboardTimeSeries { Name = named.Name, DisplayName = "z" },
                UpdateMask = new FieldMask { Paths = { "display_name" } },
            },
            Call
        );
        renamed.DisplayName.ShouldBe("z");
        await Write(run, named, [Scalar(2, 4)]);
        (await Read(named.Name)).TimeSeriesData.Values.Count.ShouldBe(2);
        await TensorboardHost.EndAsync<Empty>(
            Service.DeleteTensorboardTimeSeries(new DeleteTensorboardTimeSeriesRequest { Name = named.Name }, Call)
        );
        await Refused(Code.NotFound, () => Read(named.Name));
    }

    [Fact]
    public async Task a_run_that_was_logged_elsewhere_is_shown_with_its_metrics_and_stays_when_it_is_deleted_here()
    {
        var board = await Board(isDefault: true);
        var run = await Host.Get<IDatabase>()
            .WriteAsync(session =>
            {
                var experiment = Host.Get<ExperimentStore>()
                    .Create(session, new NewExperiment("demo", "us-central1") { Name = "From MLflow" });
                return Host.Get<RunStore>().Create(session, new NewRun(experiment.Id) { Name = "bold owl" });
            });
        var key = await Host.Get<MetricKeys>().InternAsync("loss");
        await Host.Get<MetricLog>()
            .AppendAsync(
                run.Uuid,
                new LoggedPoint[] { new(key, new MetricPoint(1, 5_000_000, 0.5)), new(key, new MetricPoint(2, 6_000_000, 0.25)) }
            );

        var shown = (
            await Service.ListTensorboardExperiments(
                new ListTensorboardExperimentsRequest { Parent = board.Name, Filter = "display_name=\"From MLflow\"" },
                Call
            )
        ).TensorboardExperiments.ShouldHaveSingleItem();
        var view = (
            await Service.ListTensorboardRuns(new ListTensorboardRunsRequest { Parent = shown.Name }, Call)
        ).TensorboardRuns.ShouldHaveSingleItem();
        (view.DisplayName, Id(view.Name)).ShouldBe(("bold owl", run.Slug));
        var series = (
            await Service.ListTensorboardTimeSeries(new ListTensorboardTimeSeriesRequest { Parent = view.Name }, Call)
        ).TensorboardTimeSeries.ShouldHaveSingleItem();
        (series.DisplayName, series.ValueType, series.PluginName, series.Metadata.MaxStep).ShouldBe(
            ("loss", ValueType.Scalar, "scalars", 2L)
        );
        await Write(
            view,
            series,
            [
                new TimeSeriesDataPoint
                {
                    Step = 3,
                    WallTime = new Timestamp { Seconds = 7 },
                    Scalar = new Scalar { Value = 0.125 },
                },
            ]
        );
        (await Read(series.Name))
            .TimeSeriesData.Values.Select(static value => (value.Step, value.WallTime.Seconds, value.Scalar.Value))
            .ShouldBe([(1, 5, 0.5), (2, 6, 0.25), (3, 7, 0.125)]);
        (await Host.Get<MetricReader>().HistoryAsync(run, key)).Select(static point => point.Value).ShouldBe([0.5, 0.25, 0.125]);
        var again = await Service.BatchReadTensorboardTimeSeriesData(
            new BatchReadTensorboardTimeSeriesDataRequest { Tensorboard = board.Name, TimeSeries = { series.Name, series.Name } },
            Call
        );
        again.TimeSeriesData.Select(static data => data.Values.Count).ShouldBe([3, 3]);

        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardRun(new DeleteTensorboardRunRequest { Name = view.Name }, Call));
        await Refused(Code.NotFound, () => Service.GetTensorboardRun(new GetTensorboardRunRequest { Name = view.Name }, Call));
        (await Host.Get<MetricReader>().HistoryAsync(run, key)).Count.ShouldBe(3);
        (
            await Service.CreateTensorboardRun(
                new CreateTensorboardRunRequest
                {
                    Parent = shown.Name,
                    TensorboardRunId = run.Slug,
                    TensorboardRun = new TensorboardRun { DisplayName = "again" },
                },
                Call
            )
        ).Name.ShouldBe(view.Name);
        (await Read(series.Name)).TimeSeriesData.Values.Count.ShouldBe(3);
    }

    [Fact]
    public async Task hyperparameters_of_an_event_file_are_the_runs_parameters()
    {
        var run = await Run();
        byte[] data =
        [
            26,
            15,
            10,
            13,
            10,
            2,
            (byte)'l',
            (byte)'r',
            18,
            9 - 2,
            26,
            5,
            (byte)'s',
            (byte)'m',
            (byte)'a',
            (byte)'l',
            (byte)'l',
        ];
        await Series(run, "_hparams_/session_start_info", ValueType.Tensor, "hparams", data);
        var database = Host.Get<IDatabase>();
        var parameters = await database.ReadAsync(session =>
        {
            var experiment = Host.Get<ExperimentStore>().FindBySlug(session, "demo", "us-central1", "e")!;
            return Host.Get<RunDataReader>().Read(session, Host.Get<RunStore>().FindBySlug(session, experiment.Id, "r")!).Params;
        });
        parameters.ShouldBe([new Param("lr", "small")]);
    }

    private async Task<string[]> List(string filter) =>
        [
            .. (
                await Service.ListTensorboards(new ListTensorboardsRequest { Parent = TensorboardHost.Parent, Filter = filter }, Call)
            ).Tensorboards.Select(static board => board.Name),
        ];

    private async Task<List<string>> Pages(string experiment, string filter, string orderBy, int size)
    {
        var found = new List<string>();
        var request = new ListTensorboardRunsRequest
        {
            Parent = experiment,
            Filter = filter,
            OrderBy = orderBy,
            PageSize = size,
        };
        do
        {
            var page = await Service.ListTensorboardRuns(request, Call);
            page.TensorboardRuns.Count.ShouldBeLessThanOrEqualTo(size);
            found.AddRange(page.TensorboardRuns.Select(static run => Id(run.Name)));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return found;
    }
}

public sealed class TensorboardOnSqlite(SqliteFixture fixture) : TensorboardConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class TensorboardOnPostgreSql(PostgresFixture fixture) : TensorboardConformance(fixture), IClassFixture<PostgresFixture>;
