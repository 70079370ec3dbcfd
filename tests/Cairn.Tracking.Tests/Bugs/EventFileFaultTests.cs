using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Tensorboards.Events;
using Cairn.Tensorboards.Service;
using Cairn.Tensorboards.Uploads;
using Cairn.Testing;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Tests.Events;
using Cairn.Tracking.Tests.Tensorboards;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>Event files that were once read wrongly, through the upload that the command line and the follower of jobs share.</summary>
public sealed class EventFileFaultTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>, IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private readonly Positions _positions = new();
    private TensorboardHost _host = null!;
    private string _experiment = "";

    private TensorboardService Service => _host.Service;

    public async ValueTask InitializeAsync()
    {
        _host = await TensorboardHost.StartAsync(fixture);
        var board = await TensorboardHost.EndAsync<Tensorboard>(
            Service.CreateTensorboard(
                new CreateTensorboardRequest
                {
                    Parent = TensorboardHost.Parent,
                    Tensorboard = new Tensorboard { DisplayName = "b", IsDefault = true },
                },
                TensorboardHost.Call
            )
        );
        _experiment = (
            await Service.CreateTensorboardExperiment(
                new CreateTensorboardExperimentRequest { Parent = board.Name, TensorboardExperimentId = "exp" },
                TensorboardHost.Call
            )
        ).Name;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task a_runs_first_session_start_makes_nothing_void_and_a_later_one_does()
    {
        var file = new EventBytes().Version();
        Steps(file, 0, 5).SessionStart(0);
        await WriteAsync("run", Steps(file, 5, 3));
        (await UploadAsync()).Totals.Void.ShouldBe(0);
        (await StepsAsync("run", "x")).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);

        await WriteAsync("again", Steps(file.SessionStart(6), 6, 1));
        (await UploadAsync()).Totals.Void.ShouldBe(2);
    }

    [Fact]
    public async Task hyperparameters_in_a_description_without_a_value_are_kept()
    {
        byte[] value = [.. EventBytes.Bytes(1, "lr"u8), .. EventBytes.Bytes(2, EventBytes.Double(2, 0.001))];
        byte[] info = [.. EventBytes.Bytes(3, EventBytes.Bytes(1, value))];
        var described = new EventBytes()
            .Version()
            .Values(
                0,
                1,
                [.. EventBytes.Bytes(1, "_hparams_/session_start_info"u8), .. EventBytes.Bytes(9, EventBytes.Metadata("hparams", info, 0))]
            )
            .Simple("hparam/acc", 0, 0.9f);
        await WriteAsync("run", described);
        (await UploadAsync()).Totals.Refused.ShouldBeEmpty();
        var database = _host.Get<IDatabase>();
        var param = await database.ReadAsync(session =>
        {
            var run = _host
                .Get<RunStore>()
                .OfExperiment(session, _host.Get<ExperimentStore>().FindBySlug(session, "demo", "us-central1", "exp")!.Id)[0];
            return _host.Get<RunDataReader>().Read(session, run).Params.Single();
        });
        (param.Key, param.Value).ShouldBe(("lr", "0.001"));
    }

    [Fact]
    public async Task a_file_that_is_written_anew_and_longer_under_its_name_is_read_from_its_beginning()
    {
        await WriteAsync("run", Steps(new EventBytes().Version(), 0, 3));
        var following = Upload();
        await following.PassAsync();
        await WriteAsync("run", Steps(new EventBytes().Version(time: 7), 10, 6));
        await following.PassAsync();
        (await StepsAsync("run", "x")).ShouldBe([0, 1, 2, 10, 11, 12, 13, 14, 15]);

        // Also by one who begins with nothing but the positions.
        await WriteAsync("run", Steps(new EventBytes().Version(time: 8), 20, 9));
        (await UploadAsync()).Damage.ShouldBeEmpty();
        (await StepsAsync("run", "x")).Count.ShouldBe(18);
        (await UploadAsync()).Totals.Points.ShouldBe(0);
    }

    [Fact]
    public async Task a_record_that_is_too_long_is_passed_over_and_told_and_the_file_goes_on()
    {
        var file = new EventBytes().Version().Simple("x", 1, 1).Tensor("t", 2, EventBytes.StringTensor(new byte[5_000]), "images");
        await WriteAsync("run", file.Simple("x", 3, 3));
        var upload = await UploadAsync(new EventLimits { MaxRecordBytes = 1_000 });
        upload.Damage.ShouldBeEmpty();
        upload.Totals.Refused.Keys.ShouldHaveSingleItem().ShouldContain("is longer than the 1000");
        (await StepsAsync("run", "x")).ShouldBe([1, 3]);

        // The same while the file grows byte by byte; and one whose checksum is wrong is damage.
        var bytes = file.ToArray();
        var path = _scratch["growing"];
        await using var writer = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        await using var reader = new EventFileReader(
            LogFolder.Open(path),
            new TagTable(EventLimits.Default),
            new EventLimits { MaxRecordBytes = 1_000 }
        );
        var steps = new List<long>();
        foreach (var value in bytes)
        {
            writer.WriteByte(value);
            while (await reader.FillAsync())
            {
                Read(reader, steps);
            }
        }

        steps.ShouldBe([0, 1, 3]);
        reader.Offset.ShouldBe(bytes.Length);
        reader.Oversized.ShouldHaveSingleItem();
        bytes[^100] ^= 1;
        bytes[bytes.Length / 2] ^= 1;
        await using var damaged = new EventFileReader(
            new MemoryStream(bytes),
            new TagTable(EventLimits.Default),
            new EventLimits { MaxRecordBytes = 1_000 }
        );
        while (await damaged.FillAsync())
        {
            Read(damaged, steps);
        }

        damaged.Status.ShouldBe(EventStatus.Corrupt);
    }

    [Fact]
    public async Task a_tensor_of_the_class_scalar_is_a_scalar_without_a_plugin_too()
    {
        await WriteAsync(
            "run",
            new EventBytes().Version().Tensor("x", 1, EventBytes.FloatTensor(5), "", dataClass: 1).Tensor("x", 2, EventBytes.FloatTensor(6))
        );
        await UploadAsync();
        (await StepsAsync("run", "x")).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task one_bad_run_or_tag_stops_no_other()
    {
        await WriteAsync("a_good", new EventBytes().Version().Simple("x", 1, 1));
        await WriteAsync(
            "b_bad",
            new EventBytes().Version().Simple("lr|head", 1, 1).Simple("lr_head", 1, 2).Simple("", 1, 3).Simple("y", 1, 4)
        );
        await WriteAsync("b_refused", new EventBytes().Version().Simple("x", 1, 1));
        await WriteAsync("c_good", new EventBytes().Version().Simple("x", 1, 1));
        var upload = await UploadAsync();
        upload.Totals.Refused.Keys.ShouldBe(
            [
                "The run 'b_refused' is left out: This run is refused.",
                "The tags 'lr|head' and 'lr_head' both become 'lr_head'; the second one is left out.",
                "Values without a tag are left out.",
            ],
            ignoreOrder: true
        );
        (await StepsAsync("a-good", "x")).ShouldBe([1]);
        (await StepsAsync("b-bad", "y")).ShouldBe([1]);
        (await StepsAsync("b-bad", "lr_head")).ShouldBe([1]);
        (await StepsAsync("c-good", "x")).ShouldBe([1]);
    }

    private static EventBytes Steps(EventBytes file, int first, int count)
    {
        for (var step = first; step < first + count; step++)
        {
            file.Simple("x", step, step);
        }

        return file;
    }

    private static void Read(EventFileReader reader, List<long> steps)
    {
        var cursor = reader.Open();
        while (cursor.MoveNext())
        {
            steps.Add(cursor.Step);
        }

        reader.Close(cursor);
    }

    private async Task WriteAsync(string run, EventBytes file)
    {
        Directory.CreateDirectory(_scratch[$"logs/{run}"]);
        await File.WriteAllBytesAsync(_scratch[$"logs/{run}/events.out.tfevents.1"], file.ToArray());
    }

    private FolderUpload Upload(EventLimits? limits = null) =>
        new(
            new DiskLogSource(_scratch["logs"]),
            new ServiceSink(Service, _experiment),
            _positions,
            new UploadOptions { Limits = limits ?? EventLimits.Default },
            static folder => (folder, "")
        );

    private async Task<FolderUpload> UploadAsync(EventLimits? limits = null)
    {
        var upload = Upload(limits);
        await upload.PassAsync();
        return upload;
    }

    /// <summary>The steps of a series of the run whose id begins so.</summary>
    private async Task<List<long>> StepsAsync(string run, string series)
    {
        var runs = (
            await Service.ListTensorboardRuns(new ListTensorboardRunsRequest { Parent = _experiment }, TensorboardHost.Call)
        ).TensorboardRuns;
        var name = runs.Single(one => one.Name[(one.Name.LastIndexOf('/') + 1)..].StartsWith(run, StringComparison.Ordinal)).Name;
        var found = (
            await Service.ListTensorboardTimeSeries(new ListTensorboardTimeSeriesRequest { Parent = name }, TensorboardHost.Call)
        ).TensorboardTimeSeries.Single(one => one.DisplayName == series);
        var data = await Service.ReadTensorboardTimeSeriesData(
            new ReadTensorboardTimeSeriesDataRequest { TensorboardTimeSeries = found.Name },
            TensorboardHost.Call
        );
        return [.. data.TimeSeriesData.Values.Select(static point => point.Step)];
    }

    private sealed class Positions : IUploadPositions
    {
        private readonly Dictionary<string, UploadPosition> _known = [];

        public Task<UploadPosition> GetAsync(string file, CancellationToken cancellation) =>
            Task.FromResult(_known.TryGetValue(file, out var position) ? position : new UploadPosition(0, ""));

        public Task SetAsync(string file, UploadPosition position, CancellationToken cancellation)
        {
            _known[file] = position;
            return Task.CompletedTask;
        }
    }
}
