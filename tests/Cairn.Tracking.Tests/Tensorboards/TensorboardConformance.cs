using System.Globalization;
using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tensorboards.Service;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tracking.Tests.Tensorboards;

/// <summary>Vertex's TensorboardService on every engine.</summary>
public abstract class TensorboardConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private TensorboardHost _host = null!;

    private TensorboardService Service => _host.Service;

    private static CallContext Call => TensorboardHost.Call;

    public async ValueTask InitializeAsync() => _host = await TensorboardHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task one_tensorboard_of_a_location_is_the_default_one()
    {
        var first = await Board(isDefault: true);
        var second = await Board("second", isDefault: true);
        var elsewhere = await TensorboardHost.EndAsync<Tensorboard>(Service.CreateTensorboard(
            new CreateTensorboardRequest { Parent = "projects/demo/locations/europe-west4", Tensorboard = new Tensorboard { DisplayName = "e", IsDefault = true } }, Call));
        elsewhere.IsDefault.ShouldBeTrue();
        (await List("is_default=true")).ShouldBe([second.Name]);
        (await List("is_default=false")).ShouldBe([first.Name]);

        await TensorboardHost.EndAsync<Tensorboard>(Service.UpdateTensorboard(
            new UpdateTensorboardRequest { Tensorboard = new Tensorboard { Name = first.Name, IsDefault = true }, UpdateMask = new FieldMask { Paths = { "is_default" } } }, Call));
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
        await Refused(Code.PermissionDenied, () => Service.WriteTensorboardRunData(new WriteTensorboardRunDataRequest { TensorboardRun = $"{board.Name}/experiments/e/runs/r" }, stranger));
        await Refused(Code.PermissionDenied, () => Service.CreateTensorboard(new CreateTensorboardRequest { Parent = TensorboardHost.Parent, Tensorboard = new Tensorboard { DisplayName = "x" } }, stranger));
    }

    [Fact]
    public async Task experiments_and_runs_are_made_listed_changed_and_deleted()
    {
        var board = await Board();
        var experiment = await Service.CreateTensorboardExperiment(
            new CreateTensorboardExperimentRequest { Parent = board.Name, TensorboardExperimentId = "e1", TensorboardExperiment = new TensorboardExperiment { DisplayName = "First", Labels = { ["team"] = "a" }, Source = "here" } }, Call);
        experiment.Name.ShouldBe($"{board.Name}/experiments/e1");
        experiment.CreateTime.ShouldNotBeNull();
        (await Service.GetTensorboardExperiment(new GetTensorboardExperimentRequest { Name = experiment.Name }, Call)).ShouldBe(experiment);
        await Refused(Code.AlreadyExists, () => Experiment(board, "e1"));
        await Refused(Code.InvalidArgument, () => Experiment(board, "E_1"));
        await Experiment(board, "e2");

        var listed = await Service.ListTensorboardExperiments(new ListTensorboardExperimentsRequest { Parent = board.Name, Filter = "labels.team=a" }, Call);
        listed.TensorboardExperiments.Select(static e => e.DisplayName).ShouldBe(["First"]);
        var updated = await Service.UpdateTensorboardExperiment(
            new UpdateTensorboardExperimentRequest { TensorboardExperiment = new TensorboardExperiment { Name = experiment.Name, DisplayName = "Renamed", Etag = experiment.Etag }, UpdateMask = new FieldMask { Paths = { "display_name" } } }, Call);
        (updated.DisplayName, updated.Labels["team"], updated.Source).ShouldBe(("Renamed", "a", "here"));
        await Refused(Code.Aborted, () => Service.UpdateTensorboardExperiment(
            new UpdateTensorboardExperimentRequest { TensorboardExperiment = new TensorboardExperiment { Name = experiment.Name, DisplayName = "x", Etag = experiment.Etag } }, Call));

        var runs = await Service.BatchCreateTensorboardRuns(
            new BatchCreateTensorboardRunsRequest
            {
                Parent = experiment.Name,
                Requests = { Enumerable.Range(0, 7).Select(i => new CreateTensorboardRunRequest { Parent = experiment.Name, TensorboardRunId = $"r{i}", TensorboardRun = new TensorboardRun { DisplayName = $"Run {i}", Labels = { ["even"] = i % 2 == 0 ? "yes" : "no" } } }) },
            },
            Call);
        runs.TensorboardRuns.Count.ShouldBe(7);
        (await Pages(experiment.Name, "", "", 3)).ShouldBe(["r0", "r1", "r2", "r3", "r4", "r5", "r6"]);
        (await Pages(experiment.Name, "labels.even=yes", "", 3)).ShouldBe(["r0", "r2", "r4", "r6"]);
        (await Pages(experiment.Name, "", "display_name desc", 2)).ShouldBe(["r6", "r5", "r4", "r3", "r2", "r1", "r0"]);
        (await Pages(experiment.Name, "display_name=\"Run 3\" OR display_name:\"5\"", "", 50)).ShouldBe(["r3", "r5"]);
        await Refused(Code.InvalidArgument, () => Pages(experiment.Name, "nothing=1", "", 2));
        await Refused(Code.InvalidArgument, () => Pages(experiment.Name, "", "nothing", 2));
        (await Service.GetTensorboard(new GetTensorboardRequest { Name = board.Name }, Call)).RunCount.ShouldBe(7);

        var run = await Service.UpdateTensorboardRun(
            new UpdateTensorboardRunRequest { TensorboardRun = new TensorboardRun { Name = runs.TensorboardRuns[0].Name, Description = "d", DisplayName = "Zero" }, UpdateMask = new FieldMask { Paths = { "description", "displayName" } } }, Call);
        (run.DisplayName, run.Description).ShouldBe(("Zero", "d"));
        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardRun(new DeleteTensorboardRunRequest { Name = run.Name }, Call));
        await Refused(Code.NotFound, () => Service.GetTensorboardRun(new GetTensorboardRunRequest { Name = run.Name }, Call));
        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardExperiment(new DeleteTensorboardExperimentRequest { Name = experiment.Name }, Call));
        await Refused(Code.NotFound, () => Service.GetTensorboardRun(new GetTensorboardRunRequest { Name = runs.TensorboardRuns[1].Name }, Call));
        (await Service.GetTensorboard(new GetTensorboardRequest { Name = board.Name }, Call)).RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task scalars_are_written_and_read_with_filters_and_pages()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        Id(series.Name).ShouldAllBe(static c => char.IsAsciiDigit(c));
        await Write(run, series, Enumerable.Range(1, 100).Select(static step => Scalar(step, step / 2.0)));
        await Write(run, series, Enumerable.Range(1, 100).Select(static step => Scalar(step, step / 2.0)));

        var data = (await Read(series.Name)).TimeSeriesData;
        (data.TensorboardTimeSeriesId, data.ValueType, data.Values.Count).ShouldBe((Id(series.Name), ValueType.Scalar, 100));
        data.Values[9].ShouldBe(Scalar(10, 5));
        (await Read(series.Name, "step > 90 AND step <= 95")).TimeSeriesData.Values.Select(static v => v.Step).ShouldBe([91, 92, 93, 94, 95]);
        (await Read(series.Name, "wall_time >= \"2026-01-01T00:01:38Z\"")).TimeSeriesData.Values.Select(static v => v.Step).ShouldBe([98, 99, 100]);
        var thin = (await Read(series.Name, max: 10)).TimeSeriesData.Values;
        (thin.Count <= 10, thin[0].Step, thin[^1].Step).ShouldBe((true, 1L, 100L));
        await Refused(Code.InvalidArgument, () => Read(series.Name, max: -2));

        var described = await Service.GetTensorboardTimeSeries(new GetTensorboardTimeSeriesRequest { Name = series.Name }, Call);
        described.Metadata.MaxStep.ShouldBe(100);
        described.Metadata.MaxWallTime.ShouldBe(Scalar(100, 0).WallTime);

        var exported = new List<long>();
        var request = new ExportTensorboardTimeSeriesDataRequest { TensorboardTimeSeries = series.Name, PageSize = 30, OrderBy = "step desc", Filter = "step <= 80" };
        do
        {
            var page = await Service.ExportTensorboardTimeSeriesData(request, Call);
            page.TimeSeriesDataPoints.Count.ShouldBeLessThanOrEqualTo(30);
            exported.AddRange(page.TimeSeriesDataPoints.Select(static point => point.Step));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        exported.ShouldBe(Enumerable.Range(1, 80).Reverse().Select(static step => (long)step));
    }

    [Fact]
    public async Task a_later_value_of_a_step_is_the_one_that_is_read_and_what_is_no_number_is_kept()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        await Write(run, series, [Scalar(1, 1), Scalar(2, double.NaN), Scalar(3, double.NegativeInfinity)]);
        var later = Scalar(1, 7);
        later.WallTime = Timestamp.FromDateTime(new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc));
        await Write(run, series, [later]);
        (await Read(series.Name)).TimeSeriesData.Values.Select(static v => v.Scalar.Value).ShouldBe([7, double.NaN, double.NegativeInfinity]);
    }

    [Fact]
    public async Task a_thousand_series_of_a_run_are_read_in_one_call()
    {
        var run = await Run();
        var made = await Service.BatchCreateTensorboardTimeSeries(
            new BatchCreateTensorboardTimeSeriesRequest
            {
                Parent = run.Name[..run.Name.IndexOf("/runs/", StringComparison.Ordinal)],
                Requests = { Enumerable.Range(0, 1000).Select(i => new CreateTensorboardTimeSeriesRequest { Parent = run.Name, TensorboardTimeSeries = new TensorboardTimeSeries { DisplayName = $"m/{i}", ValueType = ValueType.Scalar } }) },
            },
            Call);
        await Service.WriteTensorboardExperimentData(
            new WriteTensorboardExperimentDataRequest
            {
                TensorboardExperiment = run.Name[..run.Name.IndexOf("/runs/", StringComparison.Ordinal)],
                WriteRunDataRequests =
                {
                    new WriteTensorboardRunDataRequest
                    {
                        TensorboardRun = run.Name,
                        TimeSeriesData = { made.TensorboardTimeSeries.Select(static (series, i) => new TimeSeriesData { TensorboardTimeSeriesId = Id(series.Name), ValueType = ValueType.Scalar, Values = { Scalar(i, i) } }) },
                    },
                },
            },
            Call);
        var read = await Service.BatchReadTensorboardTimeSeriesData(
            new BatchReadTensorboardTimeSeriesDataRequest { Tensorboard = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)], TimeSeries = { made.TensorboardTimeSeries.Select(static series => series.Name) } }, Call);
        read.TimeSeriesData.Select(static data => data.Values.Single().Scalar.Value).ShouldBe(Enumerable.Range(0, 1000).Select(static i => (double)i));

        var names = new List<string>();
        var list = new ListTensorboardTimeSeriesRequest { Parent = run.Name, PageSize = 400, OrderBy = "display_name" };
        do
        {
            var page = await Service.ListTensorboardTimeSeries(list, Call);
            names.AddRange(page.TensorboardTimeSeries.Select(static series => series.DisplayName));
            list.PageToken = page.NextPageToken;
        }
        while (list.PageToken.Length > 0);
        names.ShouldBe(Enumerable.Range(0, 1000).Select(static i => $"m/{i}").Order(StringComparer.Ordinal));
        (await Service.ListTensorboardTimeSeries(new ListTensorboardTimeSeriesRequest { Parent = run.Name, Filter = "display_name = \"m/42\"" }, Call)).TensorboardTimeSeries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task tensors_small_and_large_come_back_as_they_were()
    {
        var run = await Run();
        var series = await Series(run, "weights", ValueType.Tensor, "histograms", [1, 2]);
        var large = new byte[300_000];
        new Random(5).NextBytes(large);
        await Write(run, series, [Tensor(1, [1, 2, 3]), Tensor(2, large)]);
        var values = (await Read(series.Name)).TimeSeriesData.Values;
        values.Select(static v => v.Tensor.Value.Length).ShouldBe([3, 300_000]);
        values[1].Tensor.Value.ToByteArray().ShouldBe(large);
        var size = (await Service.ReadTensorboardSize(new ReadTensorboardSizeRequest { Tensorboard = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)] }, Call)).StorageSizeByte;
        size.ShouldBe(300_003);
        await Refused(Code.InvalidArgument, () => Write(run, series, [Scalar(3, 1)]));
    }

    [Fact]
    public async Task blobs_are_objects_below_the_tensorboards_prefix_and_are_streamed()
    {
        var run = await Run();
        var series = await Series(run, "pictures", ValueType.BlobSequence, "images");
        var board = await Service.GetTensorboard(new GetTensorboardRequest { Name = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)] }, Call);
        var sequence = new TimeSeriesDataPoint { Step = 4, Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Data = ByteString.CopyFromUtf8("one") }, new TensorboardBlob { Data = ByteString.CopyFromUtf8("two") } } } };
        await Write(run, series, [sequence]);
        var written = (await Read(series.Name)).TimeSeriesData.Values.Single().Blobs.Values;
        written.ShouldAllBe(static blob => blob.Id.Length > 0 && blob.Data.IsEmpty);

        // An uploader may put the object there itself, and write its id alone.
        var objects = _host.Get<IObjects>();
        await objects.PutAsync(GsUri.Parse($"gs://{board.BlobStoragePathPrefix}/mine", "x"), new MemoryStream([9, 9]));
        await Write(run, series, [new TimeSeriesDataPoint { Step = 5, Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Id = "mine" } } } }]);
        await Refused(Code.InvalidArgument, () => Write(run, series, [new TimeSeriesDataPoint { Step = 6, Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Id = "absent" } } } }]));
        await Refused(Code.InvalidArgument, () => Write(run, series, [new TimeSeriesDataPoint { Step = 6, Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Id = "../secret" } } } }]));

        (await Blobs(series.Name)).ShouldBe(["one", "two", "\u0009\u0009"]);
        (await Blobs(series.Name, written[1].Id)).ShouldBe(["two"]);
        await Refused(Code.NotFound, () => Blobs(series.Name, "absent"));
        var described = await Service.GetTensorboardTimeSeries(new GetTensorboardTimeSeriesRequest { Name = series.Name }, Call);
        (described.Metadata.MaxBlobSequenceLength, described.Metadata.MaxStep).ShouldBe((2L, 5L));

        // Deleting the series frees its blobs, and leaves the one that it does not own.
        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardTimeSeries(new DeleteTensorboardTimeSeriesRequest { Name = series.Name }, Call));
        await _host.Get<Housekeeping>().PassAsync(default);
        var left = new List<string>();
        await foreach (var item in objects.ListAsync(GsUri.Parse($"gs://{board.BlobStoragePathPrefix}/", "x")))
        {
            left.Add(item.Name);
        }

        left.ShouldBe([$"{Id(board.Name)}/mine"]);
    }

    [Fact]
    public async Task usage_counts_readers_by_month()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        await Read(series.Name);
        await Read(series.Name);
        var usage = await Service.ReadTensorboardUsage(new ReadTensorboardUsageRequest { Tensorboard = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)] }, Call);
        var month = usage.MonthlyUsageData.ShouldHaveSingleItem();
        month.Key.ShouldBe(DateTime.UtcNow.ToString("yyyyMM", CultureInfo.InvariantCulture));
        month.Value.UserUsageData.ShouldHaveSingleItem().ShouldBe(new ReadTensorboardUsageResponse.Types.PerUserUsageData { Username = "anonymous", ViewCount = 2 });
    }

    [Fact]
    public async Task series_have_ids_of_their_own_and_unique_names()
    {
        var run = await Run();
        var named = await Service.CreateTensorboardTimeSeries(
            new CreateTensorboardTimeSeriesRequest { Parent = run.Name, TensorboardTimeSeriesId = "my-series", TensorboardTimeSeries = new TensorboardTimeSeries { DisplayName = "a", ValueType = ValueType.Scalar } }, Call);
        named.Name.ShouldEndWith("/timeSeries/my-series");
        await Write(run, named, [Scalar(1, 3)]);
        (await Read(named.Name)).TimeSeriesData.Values.ShouldHaveSingleItem();
        await Refused(Code.InvalidArgument, () => Series(run, "a", ValueType.Scalar, "scalars"));
        await Refused(Code.InvalidArgument, () => Series(run, "b", ValueType.Unspecified, ""));
        await Refused(Code.NotFound, () => Write(run, new TensorboardTimeSeries { Name = run.Name + "/timeSeries/none", ValueType = ValueType.Scalar }, [Scalar(1, 1)]));
        var renamed = await Service.UpdateTensorboardTimeSeries(
            new UpdateTensorboardTimeSeriesRequest { TensorboardTimeSeries = new TensorboardTimeSeries { Name = named.Name, DisplayName = "z" }, UpdateMask = new FieldMask { Paths = { "display_name" } } }, Call);
        renamed.DisplayName.ShouldBe("z");
        await Write(run, named, [Scalar(2, 4)]);
        (await Read(named.Name)).TimeSeriesData.Values.Count.ShouldBe(2);
        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardTimeSeries(new DeleteTensorboardTimeSeriesRequest { Name = named.Name }, Call));
        await Refused(Code.NotFound, () => Read(named.Name));
    }

    [Fact]
    public async Task more_points_than_a_request_may_have_are_refused()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        (await Refused(Code.InvalidArgument, () => Write(run, series, Enumerable.Range(0, 5001).Select(static step => Scalar(step, 1))))).Message.ShouldContain("5000");
    }

    [Fact]
    public async Task twenty_writers_of_one_series_lose_and_double_nothing()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var from = ((writer * 10) + i) * 5;
                var points = Enumerable.Range(from, 5).Select(static step => Scalar(step, step)).ToList();
                await Write(run, series, points);
                await Write(run, series, points);
            }
        })));
        var values = (await Read(series.Name, max: -1)).TimeSeriesData.Values;
        values.Select(static value => value.Step).ShouldBe(Enumerable.Range(0, 1000).Select(static step => (long)step));
    }

    [Fact]
    public async Task a_run_that_was_logged_elsewhere_is_shown_with_its_metrics_and_stays_when_it_is_deleted_here()
    {
        var board = await Board(isDefault: true);
        var run = await _host.Get<IDatabase>().WriteAsync(session =>
        {
            var experiment = _host.Get<ExperimentStore>().Create(session, new NewExperiment("demo", "us-central1") { Name = "From MLflow" });
            return _host.Get<RunStore>().Create(session, new NewRun(experiment.Id) { Name = "bold owl" });
        });
        var key = await _host.Get<MetricKeys>().InternAsync("loss");
        await _host.Get<MetricLog>().AppendAsync(run.Uuid, new LoggedPoint[] { new(key, new MetricPoint(1, 5_000_000, 0.5)), new(key, new MetricPoint(2, 6_000_000, 0.25)) });

        var shown = (await Service.ListTensorboardExperiments(new ListTensorboardExperimentsRequest { Parent = board.Name, Filter = "display_name=\"From MLflow\"" }, Call)).TensorboardExperiments.ShouldHaveSingleItem();
        var view = (await Service.ListTensorboardRuns(new ListTensorboardRunsRequest { Parent = shown.Name }, Call)).TensorboardRuns.ShouldHaveSingleItem();
        (view.DisplayName, Id(view.Name)).ShouldBe(("bold owl", run.Slug));
        var series = (await Service.ListTensorboardTimeSeries(new ListTensorboardTimeSeriesRequest { Parent = view.Name }, Call)).TensorboardTimeSeries.ShouldHaveSingleItem();
        (series.DisplayName, series.ValueType, series.PluginName, series.Metadata.MaxStep).ShouldBe(("loss", ValueType.Scalar, "scalars", 2L));
        await Write(view, series, [new TimeSeriesDataPoint { Step = 3, WallTime = new Timestamp { Seconds = 7 }, Scalar = new Scalar { Value = 0.125 } }]);
        (await Read(series.Name)).TimeSeriesData.Values.Select(static value => (value.Step, value.WallTime.Seconds, value.Scalar.Value)).ShouldBe([(1, 5, 0.5), (2, 6, 0.25), (3, 7, 0.125)]);
        (await _host.Get<MetricReader>().HistoryAsync(run, key)).Select(static point => point.Value).ShouldBe([0.5, 0.25, 0.125]);
        var again = await Service.BatchReadTensorboardTimeSeriesData(new BatchReadTensorboardTimeSeriesDataRequest { Tensorboard = board.Name, TimeSeries = { series.Name, series.Name } }, Call);
        again.TimeSeriesData.Select(static data => data.Values.Count).ShouldBe([3, 3]);

        await TensorboardHost.EndAsync<Empty>(Service.DeleteTensorboardRun(new DeleteTensorboardRunRequest { Name = view.Name }, Call));
        await Refused(Code.NotFound, () => Service.GetTensorboardRun(new GetTensorboardRunRequest { Name = view.Name }, Call));
        (await _host.Get<MetricReader>().HistoryAsync(run, key)).Count.ShouldBe(3);
        (await Service.CreateTensorboardRun(new CreateTensorboardRunRequest { Parent = shown.Name, TensorboardRunId = run.Slug, TensorboardRun = new TensorboardRun { DisplayName = "again" } }, Call)).Name.ShouldBe(view.Name);
        (await Read(series.Name)).TimeSeriesData.Values.Count.ShouldBe(3);
    }

    [Fact]
    public async Task hyperparameters_of_an_event_file_are_the_runs_parameters()
    {
        var run = await Run();
        byte[] data = [26, 15, 10, 13, 10, 2, (byte)'l', (byte)'r', 18, 9 - 2, 26, 5, (byte)'s', (byte)'m', (byte)'a', (byte)'l', (byte)'l'];
        await Series(run, "_hparams_/session_start_info", ValueType.Tensor, "hparams", data);
        var database = _host.Get<IDatabase>();
        var parameters = await database.ReadAsync(session =>
        {
            var experiment = _host.Get<ExperimentStore>().FindBySlug(session, "demo", "us-central1", "e")!;
            return _host.Get<RunDataReader>().Read(session, _host.Get<RunStore>().FindBySlug(session, experiment.Id, "r")!).Params;
        });
        parameters.ShouldBe([new Param("lr", "small")]);
    }

    private static string Id(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static TimeSeriesDataPoint Scalar(long step, double value) => new() { Step = step, WallTime = new Timestamp { Seconds = 1767225600 + step }, Scalar = new Scalar { Value = value } };

    private static TimeSeriesDataPoint Tensor(long step, byte[] value) => new() { Step = step, WallTime = new Timestamp { Seconds = 1767225600 + step }, Tensor = new TensorboardTensor { Value = ByteString.CopyFrom(value) } };

    private static async Task<StatusException> Refused(Code code, Func<Task> call)
    {
        var error = await Should.ThrowAsync<StatusException>(call);
        error.Code.ShouldBe(code, error.Message);
        return error;
    }

    private Task<Tensorboard> Board(string name = "board", bool isDefault = false) => TensorboardHost.EndAsync<Tensorboard>(Service.CreateTensorboard(
        new CreateTensorboardRequest { Parent = TensorboardHost.Parent, Tensorboard = new Tensorboard { DisplayName = name, IsDefault = isDefault } }, Call));

    private Task<TensorboardExperiment> Experiment(Tensorboard board, string id) =>
        Service.CreateTensorboardExperiment(new CreateTensorboardExperimentRequest { Parent = board.Name, TensorboardExperimentId = id }, Call);

    private async Task<TensorboardRun> Run()
    {
        var experiment = await Experiment(await Board(), "e");
        return await Service.CreateTensorboardRun(new CreateTensorboardRunRequest { Parent = experiment.Name, TensorboardRunId = "r", TensorboardRun = new TensorboardRun { DisplayName = "r" } }, Call);
    }

    private Task<TensorboardTimeSeries> Series(TensorboardRun run, string name, ValueType type, string plugin, byte[]? pluginData = null) => Service.CreateTensorboardTimeSeries(
        new CreateTensorboardTimeSeriesRequest { Parent = run.Name, TensorboardTimeSeries = new TensorboardTimeSeries { DisplayName = name, ValueType = type, PluginName = plugin, PluginData = ByteString.CopyFrom(pluginData ?? []) } }, Call);

    private Task Write(TensorboardRun run, TensorboardTimeSeries series, IEnumerable<TimeSeriesDataPoint> points) => Service.WriteTensorboardRunData(
        new WriteTensorboardRunDataRequest { TensorboardRun = run.Name, TimeSeriesData = { new TimeSeriesData { TensorboardTimeSeriesId = Id(series.Name), ValueType = series.ValueType, Values = { points } } } }, Call);

    private Task<ReadTensorboardTimeSeriesDataResponse> Read(string series, string filter = "", int max = 0) =>
        Service.ReadTensorboardTimeSeriesData(new ReadTensorboardTimeSeriesDataRequest { TensorboardTimeSeries = series, Filter = filter, MaxDataPoints = max }, Call);

    private async Task<List<string>> Blobs(string series, params string[] ids)
    {
        var found = new List<string>();
        await foreach (var response in Service.ReadTensorboardBlobData(new ReadTensorboardBlobDataRequest { TimeSeries = series, BlobIds = { ids } }, Call))
        {
            found.AddRange(response.Blobs.Select(static blob => blob.Data.ToStringUtf8()));
        }

        return found;
    }

    private async Task<string[]> List(string filter) =>
        [.. (await Service.ListTensorboards(new ListTensorboardsRequest { Parent = TensorboardHost.Parent, Filter = filter }, Call)).Tensorboards.Select(static board => board.Name)];

    private async Task<List<string>> Pages(string experiment, string filter, string orderBy, int size)
    {
        var found = new List<string>();
        var request = new ListTensorboardRunsRequest { Parent = experiment, Filter = filter, OrderBy = orderBy, PageSize = size };
        do
        {
            var page = await Service.ListTensorboardRuns(request, Call);
            page.TensorboardRuns.Count.ShouldBeLessThanOrEqualTo(size);
            found.AddRange(page.TensorboardRuns.Select(static run => Id(run.Name)));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return found;
    }
}

public sealed class TensorboardOnSqlite(SqliteFixture fixture) : TensorboardConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class TensorboardOnPostgreSql(PostgresFixture fixture) : TensorboardConformance(fixture), IClassFixture<PostgresFixture>;
