using Cairn.Data;
using Cairn.Kernel.Tests.Database;
using Cairn.Tensorboards.Service;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tracking.Tests.Tensorboards;

/// <summary>Points of tensorboards' series, of all three types, on every engine.</summary>
public abstract class TensorboardDataConformance(DatabaseFixture fixture) : TensorboardTests(fixture)
{
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
        (await Read(series.Name, "step > 90 AND step <= 95"))
            .TimeSeriesData.Values.Select(static v => v.Step)
            .ShouldBe([91, 92, 93, 94, 95]);
        (await Read(series.Name, "wall_time >= \"2026-01-01T00:01:38Z\""))
            .TimeSeriesData.Values.Select(static v => v.Step)
            .ShouldBe([98, 99, 100]);
        var thin = (await Read(series.Name, max: 10)).TimeSeriesData.Values;
        (thin.Count <= 10, thin[0].Step, thin[^1].Step).ShouldBe((true, 1L, 100L));
        await Refused(Code.InvalidArgument, () => Read(series.Name, max: -2));

        var described = await Service.GetTensorboardTimeSeries(new GetTensorboardTimeSeriesRequest { Name = series.Name }, Call);
        described.Metadata.MaxStep.ShouldBe(100);
        described.Metadata.MaxWallTime.ShouldBe(Scalar(100, 0).WallTime);

        var exported = new List<long>();
        var request = new ExportTensorboardTimeSeriesDataRequest
        {
            TensorboardTimeSeries = series.Name,
            PageSize = 30,
            OrderBy = "step desc",
            Filter = "step <= 80",
        };
        do
        {
            var page = await Service.ExportTensorboardTimeSeriesData(request, Call);
            page.TimeSeriesDataPoints.Count.ShouldBeLessThanOrEqualTo(30);
            exported.AddRange(page.TimeSeriesDataPoints.Select(static point => point.Step));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
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
        (await Read(series.Name))
            .TimeSeriesData.Values.Select(static v => v.Scalar.Value)
            .ShouldBe([7, double.NaN, double.NegativeInfinity]);
    }

    [Fact]
    public async Task a_thousand_series_of_a_run_are_read_in_one_call()
    {
        var run = await Run();
        var made = await Service.BatchCreateTensorboardTimeSeries(
            new BatchCreateTensorboardTimeSeriesRequest
            {
                Parent = run.Name[..run.Name.IndexOf("/runs/", StringComparison.Ordinal)],
                Requests =
                {
                    Enumerable
                        .Range(0, 1000)
                        .Select(i => new CreateTensorboardTimeSeriesRequest
                        {
                            Parent = run.Name,
                            TensorboardTimeSeries = new TensorboardTimeSeries { DisplayName = $"m/{i}", ValueType = ValueType.Scalar },
                        }),
                },
            },
            Call
        );
        await Service.WriteTensorboardExperimentData(
            new WriteTensorboardExperimentDataRequest
            {
                TensorboardExperiment = run.Name[..run.Name.IndexOf("/runs/", StringComparison.Ordinal)],
                WriteRunDataRequests =
                {
                    new WriteTensorboardRunDataRequest
                    {
                        TensorboardRun = run.Name,
                        TimeSeriesData =
                        {
                            made.TensorboardTimeSeries.Select(
                                static (series, i) =>
                                    new TimeSeriesData
                                    {
                                        TensorboardTimeSeriesId = Id(series.Name),
                                        ValueType = ValueType.Scalar,
                                        Values = { Scalar(i, i) },
                                    }
                            ),
                        },
                    },
                },
            },
            Call
        );
        var read = await Service.BatchReadTensorboardTimeSeriesData(
            new BatchReadTensorboardTimeSeriesDataRequest
            {
                Tensorboard = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)],
                TimeSeries = { made.TensorboardTimeSeries.Select(static series => series.Name) },
            },
            Call
        );
        read.TimeSeriesData.Select(static data => data.Values.Single().Scalar.Value)
            .ShouldBe(Enumerable.Range(0, 1000).Select(static i => (double)i));

        var names = new List<string>();
        var list = new ListTensorboardTimeSeriesRequest
        {
            Parent = run.Name,
            PageSize = 400,
            OrderBy = "display_name",
        };
        do
        {
            var page = await Service.ListTensorboardTimeSeries(list, Call);
            names.AddRange(page.TensorboardTimeSeries.Select(static series => series.DisplayName));
            list.PageToken = page.NextPageToken;
        } while (list.PageToken.Length > 0);
        names.ShouldBe(Enumerable.Range(0, 1000).Select(static i => $"m/{i}").Order(StringComparer.Ordinal));
        (
            await Service.ListTensorboardTimeSeries(
                new ListTensorboardTimeSeriesRequest { Parent = run.Name, Filter = "display_name = \"m/42\"" },
                Call
            )
        ).TensorboardTimeSeries.ShouldHaveSingleItem();
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
        var size = (
            await Service.ReadTensorboardSize(
                new ReadTensorboardSizeRequest { Tensorboard = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)] },
                Call
            )
        ).StorageSizeByte;
        size.ShouldBe(300_003);
        await Refused(Code.InvalidArgument, () => Write(run, series, [Scalar(3, 1)]));
    }

    [Fact]
    public async Task blobs_are_objects_below_the_tensorboards_prefix_and_are_streamed()
    {
        var run = await Run();
        var series = await Series(run, "pictures", ValueType.BlobSequence, "images");
        var board = await Service.GetTensorboard(
            new GetTensorboardRequest { Name = run.Name[..run.Name.IndexOf("/experiments/", StringComparison.Ordinal)] },
            Call
        );
        var sequence = new TimeSeriesDataPoint
        {
            Step = 4,
            Blobs = new TensorboardBlobSequence
            {
                Values =
                {
                    new TensorboardBlob { Data = ByteString.CopyFromUtf8("one") },
                    new TensorboardBlob { Data = ByteString.CopyFromUtf8("two") },
                },
            },
        };
        await Write(run, series, [sequence]);
        var written = (await Read(series.Name)).TimeSeriesData.Values.Single().Blobs.Values;
        written.ShouldAllBe(static blob => blob.Id.Length > 0 && blob.Data.IsEmpty);

        // An uploader may put the object there itself, and write its id alone.
        var objects = Host.Get<IObjects>();
        await objects.PutAsync(GsUri.Parse($"gs://{board.BlobStoragePathPrefix}/mine", "x"), new MemoryStream([9, 9]));
        await Write(
            run,
            series,
            [
                new TimeSeriesDataPoint
                {
                    Step = 5,
                    Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Id = "mine" } } },
                },
            ]
        );
        await Refused(
            Code.InvalidArgument,
            () =>
                Write(
                    run,
                    series,
                    [
                        new TimeSeriesDataPoint
                        {
                            Step = 6,
                            Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Id = "absent" } } },
                        },
                    ]
                )
        );
        await Refused(
            Code.InvalidArgument,
            () =>
                Write(
                    run,
                    series,
                    [
                        new TimeSeriesDataPoint
                        {
                            Step = 6,
                            Blobs = new TensorboardBlobSequence { Values = { new TensorboardBlob { Id = "../secret" } } },
                        },
                    ]
                )
        );

        (await Blobs(series.Name)).ShouldBe(["one", "two", "\u0009\u0009"]);
        (await Blobs(series.Name, written[1].Id)).ShouldBe(["two"]);
        await Refused(Code.NotFound, () => Blobs(series.Name, "absent"));
        var described = await Service.GetTensorboardTimeSeries(new GetTensorboardTimeSeriesRequest { Name = series.Name }, Call);
        (described.Metadata.MaxBlobSequenceLength, described.Metadata.MaxStep).ShouldBe((2L, 5L));

        // Deleting the series frees its blobs, and leaves the one that it does not own.
        await TensorboardHost.EndAsync<Empty>(
            Service.DeleteTensorboardTimeSeries(new DeleteTensorboardTimeSeriesRequest { Name = series.Name }, Call)
        );
        await Host.Get<Housekeeping>().RunAsync(default);
        var left = new List<string>();
        await foreach (var item in objects.ListAsync(GsUri.Parse($"gs://{board.BlobStoragePathPrefix}/", "x")))
        {
            left.Add(item.Name);
        }

        left.ShouldBe([$"{Id(board.Name)}/mine"]);
    }

    [Fact]
    public async Task more_points_than_a_request_may_have_are_refused()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        (
            await Refused(Code.InvalidArgument, () => Write(run, series, Enumerable.Range(0, 5001).Select(static step => Scalar(step, 1))))
        ).Message.ShouldContain("5000");
    }

    [Fact]
    public async Task twenty_writers_of_one_series_lose_and_double_nothing()
    {
        var run = await Run();
        var series = await Series(run, "loss", ValueType.Scalar, "scalars");
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(writer =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 10; i++)
                        {
                            var from = ((writer * 10) + i) * 5;
                            var points = Enumerable.Range(from, 5).Select(static step => Scalar(step, step)).ToList();
                            await Write(run, series, points);
                            await Write(run, series, points);
                        }
                    })
                )
        );
        var values = (await Read(series.Name, max: -1)).TimeSeriesData.Values;
        values.Select(static value => value.Step).ShouldBe(Enumerable.Range(0, 1000).Select(static step => (long)step));
    }

    private static TimeSeriesDataPoint Tensor(long step, byte[] value) =>
        new()
        {
            Step = step,
            WallTime = new Timestamp { Seconds = 1767225600 + step },
            Tensor = new TensorboardTensor { Value = ByteString.CopyFrom(value) },
        };

    private async Task<List<string>> Blobs(string series, params string[] ids)
    {
        var found = new List<string>();
        await foreach (
            var response in Service.ReadTensorboardBlobData(
                new ReadTensorboardBlobDataRequest { TimeSeries = series, BlobIds = { ids } },
                Call
            )
        )
        {
            found.AddRange(response.Blobs.Select(static blob => blob.Data.ToStringUtf8()));
        }

        return found;
    }
}

public sealed class TensorboardDataOnSqlite(SqliteFixture fixture) : TensorboardDataConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class TensorboardDataOnPostgreSql(PostgresFixture fixture)
    : TensorboardDataConformance(fixture),
        IClassFixture<PostgresFixture>;
