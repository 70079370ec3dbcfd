using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Tests.Database;
using Cairn.Tensorboards.Service;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tracking.Tests.Tensorboards;

/// <summary>Vertex's TensorboardService on a database of its own.</summary>
public abstract class TensorboardTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private protected TensorboardHost Host { get; private set; } = null!;

    private protected TensorboardService Service => Host.Service;

    protected static CallContext Call => TensorboardHost.Call;

    public async ValueTask InitializeAsync() => Host = await TensorboardHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected static string Id(string name) => name[(name.LastIndexOf('/') + 1)..];

    protected static TimeSeriesDataPoint Scalar(long step, double value) =>
        new()
        {
            Step = step,
            WallTime = new Timestamp { Seconds = 1767225600 + step },
            Scalar = new Scalar { Value = value },
        };

    protected static async Task<StatusException> Refused(Code code, Func<Task> call)
    {
        var error = await Should.ThrowAsync<StatusException>(call);
        error.Code.ShouldBe(code, error.Message);
        return error;
    }

    protected Task<Tensorboard> Board(string name = "board", bool isDefault = false) =>
        TensorboardHost.EndAsync<Tensorboard>(
            Service.CreateTensorboard(
                new CreateTensorboardRequest
                {
                    Parent = TensorboardHost.Parent,
                    Tensorboard = new Tensorboard { DisplayName = name, IsDefault = isDefault },
                },
                Call
            )
        );

    protected Task<TensorboardExperiment> Experiment(Tensorboard board, string id) =>
        Service.CreateTensorboardExperiment(
            new CreateTensorboardExperimentRequest { Parent = board.Name, TensorboardExperimentId = id },
            Call
        );

    protected async Task<TensorboardRun> Run()
    {
        var experiment = await Experiment(await Board(), "e");
        return await Service.CreateTensorboardRun(
            new CreateTensorboardRunRequest
            {
                Parent = experiment.Name,
                TensorboardRunId = "r",
                TensorboardRun = new TensorboardRun { DisplayName = "r" },
            },
            Call
        );
    }

    protected Task<TensorboardTimeSeries> Series(
        TensorboardRun run,
        string name,
        ValueType type,
        string plugin,
        byte[]? pluginData = null
    ) =>
        Service.CreateTensorboardTimeSeries(
            new CreateTensorboardTimeSeriesRequest
            {
                Parent = run.Name,
                TensorboardTimeSeries = new TensorboardTimeSeries
                {
                    DisplayName = name,
                    ValueType = type,
                    PluginName = plugin,
                    PluginData = ByteString.CopyFrom(pluginData ?? []),
                },
            },
            Call
        );

    protected Task Write(TensorboardRun run, TensorboardTimeSeries series, IEnumerable<TimeSeriesDataPoint> points) =>
        Service.WriteTensorboardRunData(
            new WriteTensorboardRunDataRequest
            {
                TensorboardRun = run.Name,
                TimeSeriesData =
                {
                    new TimeSeriesData
                    {
                        TensorboardTimeSeriesId = Id(series.Name),
                        ValueType = series.ValueType,
                        Values = { points },
                    },
                },
            },
            Call
        );

    protected Task<ReadTensorboardTimeSeriesDataResponse> Read(string series, string filter = "", int max = 0) =>
        Service.ReadTensorboardTimeSeriesData(
            new ReadTensorboardTimeSeriesDataRequest
            {
                TensorboardTimeSeries = series,
                Filter = filter,
                MaxDataPoints = max,
            },
            Call
        );
}
