using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Tensorboards.Service;

/// <summary>Vertex's <c>TensorboardService</c>: checks the tenant boundary, and leaves each verb to the class that knows it.</summary>
internal sealed class TensorboardService(
    IDatabase database,
    Boards boards,
    ExperimentViews experiments,
    RunViews runs,
    SeriesViews series,
    SeriesWrites writes,
    SeriesReads reads,
    TrackedRuns tracked,
    BlobShelf shelf,
    Removal removal,
    Usage usage
) : IRpcService
{
    private const int MaxSeriesOfBatch = 10_000;

    public ServiceDescriptor Descriptor => TensorboardServiceReflection.Descriptor.Services[0];

    [Permission("aiplatform.tensorboards.create")]
    public Task<Operation> CreateTensorboard(CreateTensorboardRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        return boards.CreateAsync(request, context.Cancellation);
    }

    [Permission("aiplatform.tensorboards.get")]
    public Task<Tensorboard> GetTensorboard(GetTensorboardRequest request, CallContext context) =>
        boards.GetAsync(Board(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboards.list")]
    public Task<ListTensorboardsResponse> ListTensorboards(ListTensorboardsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        TensorboardName.Parse($"{request.Parent}/tensorboards/x", "parent");
        return boards.ListAsync(request, context.Cancellation);
    }

    [Permission("aiplatform.tensorboards.update")]
    public Task<Operation> UpdateTensorboard(UpdateTensorboardRequest request, CallContext context) =>
        boards.UpdateAsync(request, Board(request.Tensorboard.Name, "tensorboard.name", context), context.Cancellation);

    [Permission("aiplatform.tensorboards.delete")]
    public Task<Operation> DeleteTensorboard(DeleteTensorboardRequest request, CallContext context)
    {
        var name = Board(request.Name, "name", context);
        return boards.DeleteAsync(
            name,
            (session, experiment) => removal.Experiment(session, boards.Require(session, name), experiment),
            context.Cancellation
        );
    }

    [Permission("aiplatform.tensorboards.get")]
    public async Task<ReadTensorboardUsageResponse> ReadTensorboardUsage(ReadTensorboardUsageRequest request, CallContext context)
    {
        var name = Board(request.Tensorboard, "tensorboard", context);
        await database.ReadAsync(session => boards.Require(session, name), context.Cancellation);
        return await usage.ReadAsync(name.ToString(), context.Cancellation);
    }

    [Permission("aiplatform.tensorboards.get")]
    public Task<ReadTensorboardSizeResponse> ReadTensorboardSize(ReadTensorboardSizeRequest request, CallContext context)
    {
        var name = Board(request.Tensorboard, "tensorboard", context);
        return database.ReadAsync(
            session =>
            {
                var board = boards.Require(session, name);
                var size = tracked
                    .Experiments(session, name.Project, name.Location)
                    .Where(experiment => Boards.Shows(board, experiment))
                    .SelectMany(experiment => tracked.Runs(session, experiment))
                    .Sum(run => PointTable.Size(session, run.Id) + tracked.MetricBytes(session, run));
                return new ReadTensorboardSizeResponse { StorageSizeByte = size };
            },
            context.Cancellation
        );
    }

    [Permission("aiplatform.tensorboardExperiments.create")]
    public Task<TensorboardExperiment> CreateTensorboardExperiment(CreateTensorboardExperimentRequest request, CallContext context) =>
        experiments.CreateAsync(request, Board(request.Parent, "parent", context), context.Cancellation);

    [Permission("aiplatform.tensorboardExperiments.get")]
    public Task<TensorboardExperiment> GetTensorboardExperiment(GetTensorboardExperimentRequest request, CallContext context) =>
        experiments.GetAsync(Experiment(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardExperiments.update")]
    public Task<TensorboardExperiment> UpdateTensorboardExperiment(UpdateTensorboardExperimentRequest request, CallContext context) =>
        experiments.UpdateAsync(
            request,
            Experiment(request.TensorboardExperiment.Name, "tensorboard_experiment.name", context),
            context.Cancellation
        );

    [Permission("aiplatform.tensorboardExperiments.list")]
    public Task<ListTensorboardExperimentsResponse> ListTensorboardExperiments(
        ListTensorboardExperimentsRequest request,
        CallContext context
    ) => experiments.ListAsync(request, Board(request.Parent, "parent", context), context.Cancellation);

    [Permission("aiplatform.tensorboardExperiments.delete")]
    public Task<Operation> DeleteTensorboardExperiment(DeleteTensorboardExperimentRequest request, CallContext context) =>
        experiments.DeleteAsync(Experiment(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardRuns.create")]
    public async Task<TensorboardRun> CreateTensorboardRun(CreateTensorboardRunRequest request, CallContext context) =>
        (await runs.CreateAsync(Experiment(request.Parent, "parent", context), [request], context.Cancellation))[0];

    [Permission("aiplatform.tensorboardRuns.batchCreate")]
    public async Task<BatchCreateTensorboardRunsResponse> BatchCreateTensorboardRuns(
        BatchCreateTensorboardRunsRequest request,
        CallContext context
    )
    {
        foreach (var one in request.Requests)
        {
            one.TensorboardRun ??= new TensorboardRun();
        }

        return new BatchCreateTensorboardRunsResponse
        {
            TensorboardRuns =
            {
                await runs.CreateAsync(Experiment(request.Parent, "parent", context), request.Requests, context.Cancellation),
            },
        };
    }

    [Permission("aiplatform.tensorboardRuns.get")]
    public Task<TensorboardRun> GetTensorboardRun(GetTensorboardRunRequest request, CallContext context) =>
        runs.GetAsync(Run(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardRuns.update")]
    public Task<TensorboardRun> UpdateTensorboardRun(UpdateTensorboardRunRequest request, CallContext context) =>
        runs.UpdateAsync(request, Run(request.TensorboardRun.Name, "tensorboard_run.name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardRuns.list")]
    public Task<ListTensorboardRunsResponse> ListTensorboardRuns(ListTensorboardRunsRequest request, CallContext context) =>
        runs.ListAsync(request, Experiment(request.Parent, "parent", context), context.Cancellation);

    [Permission("aiplatform.tensorboardRuns.delete")]
    public Task<Operation> DeleteTensorboardRun(DeleteTensorboardRunRequest request, CallContext context) =>
        runs.DeleteAsync(Run(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardTimeSeries.batchCreate")]
    public async Task<BatchCreateTensorboardTimeSeriesResponse> BatchCreateTensorboardTimeSeries(
        BatchCreateTensorboardTimeSeriesRequest request,
        CallContext context
    )
    {
        var parent = Experiment(request.Parent, "parent", context);
        var wanted = request
            .Requests.Select(one =>
                (
                    RunName.Parse(one.Parent, "requests.parent"),
                    one.TensorboardTimeSeriesId,
                    one.TensorboardTimeSeries ?? new TensorboardTimeSeries()
                )
            )
            .ToList();
        if (wanted.Find(one => one.Item1.Experiment != parent) is { TensorboardTimeSeriesId: not null } stranger)
        {
            throw StatusException.InvalidArgument($"`requests` has the run '{stranger.Item1}', which is not one of '{parent}'.");
        }

        return new BatchCreateTensorboardTimeSeriesResponse
        {
            TensorboardTimeSeries = { await series.CreateAsync(wanted, context.Cancellation) },
        };
    }

    [Permission("aiplatform.tensorboardTimeSeries.create")]
    public async Task<TensorboardTimeSeries> CreateTensorboardTimeSeries(CreateTensorboardTimeSeriesRequest request, CallContext context) =>
        (
            await series.CreateAsync(
                [(Run(request.Parent, "parent", context), request.TensorboardTimeSeriesId, request.TensorboardTimeSeries)],
                context.Cancellation
            )
        )[0];

    [Permission("aiplatform.tensorboardTimeSeries.get")]
    public Task<TensorboardTimeSeries> GetTensorboardTimeSeries(GetTensorboardTimeSeriesRequest request, CallContext context) =>
        series.GetAsync(Series(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardTimeSeries.update")]
    public Task<TensorboardTimeSeries> UpdateTensorboardTimeSeries(UpdateTensorboardTimeSeriesRequest request, CallContext context) =>
        series.UpdateAsync(
            request,
            Series(request.TensorboardTimeSeries.Name, "tensorboard_time_series.name", context),
            context.Cancellation
        );

    [Permission("aiplatform.tensorboardTimeSeries.list")]
    public Task<ListTensorboardTimeSeriesResponse> ListTensorboardTimeSeries(
        ListTensorboardTimeSeriesRequest request,
        CallContext context
    ) => series.ListAsync(request, Run(request.Parent, "parent", context), context.Cancellation);

    [Permission("aiplatform.tensorboardTimeSeries.delete")]
    public Task<Operation> DeleteTensorboardTimeSeries(DeleteTensorboardTimeSeriesRequest request, CallContext context) =>
        series.DeleteAsync(Series(request.Name, "name", context), context.Cancellation);

    [Permission("aiplatform.tensorboardTimeSeries.batchRead.get")]
    public async Task<BatchReadTensorboardTimeSeriesDataResponse> BatchReadTensorboardTimeSeriesData(
        BatchReadTensorboardTimeSeriesDataRequest request,
        CallContext context
    )
    {
        var board = Board(request.Tensorboard, "tensorboard", context);
        if (request.TimeSeries.Count is 0 or > MaxSeriesOfBatch)
        {
            throw StatusException.InvalidArgument(
                $"`time_series` names {request.TimeSeries.Count} time series; it must name 1 to {MaxSeriesOfBatch}."
            );
        }

        var names = request.TimeSeries.Select(static text => SeriesName.Parse(text, "time_series")).ToList();
        if (names.Find(name => name.Run.Experiment.Tensorboard != board) is { Id: not null } stranger)
        {
            throw StatusException.InvalidArgument($"`time_series` has '{stranger}', which is not one of '{board}'.");
        }

        var data = new Dictionary<SeriesName, TimeSeriesData>();
        foreach (var run in names.Distinct().GroupBy(static name => name.Run))
        {
            var shown = (await series.AllAsync(run.Key, context.Cancellation)).ToDictionary(static one => one.Row.Id);
            var wanted = run.Select(name =>
                    (
                        Name: name,
                        Series: shown.GetValueOrDefault(name.Id)
                            ?? throw StatusException.NotFound($"TensorboardTimeSeries '{name}' does not exist.")
                    )
                )
                .ToList();
            var histories = await tracked.HistoriesAsync(
                wanted[0].Series.Run.Run,
                [.. wanted.Where(static one => one.Series.Metric is not null).Select(static one => one.Series.Row.Series)],
                context.Cancellation
            );
            foreach (var (name, one) in wanted)
            {
                data[name] = await reads.DataAsync(
                    one,
                    SeriesReads.DefaultScalars,
                    SeriesReads.DefaultOthers,
                    "",
                    context.Cancellation,
                    histories.GetValueOrDefault(one.Row.Series)
                );
            }
        }

        var response = new BatchReadTensorboardTimeSeriesDataResponse { TimeSeriesData = { names.Select(name => data[name]) } };
        usage.Count(board.ToString(), context.Caller.Name);
        return response;
    }

    [Permission("aiplatform.tensorboardTimeSeries.read.get")]
    public async Task<ReadTensorboardTimeSeriesDataResponse> ReadTensorboardTimeSeriesData(
        ReadTensorboardTimeSeriesDataRequest request,
        CallContext context
    )
    {
        var name = Series(request.TensorboardTimeSeries, "tensorboard_time_series", context);
        var data = await reads.ReadAsync(name, request.MaxDataPoints, request.Filter, context.Cancellation);
        usage.Count(name.Run.Experiment.Tensorboard.ToString(), context.Caller.Name);
        return new ReadTensorboardTimeSeriesDataResponse { TimeSeriesData = data };
    }

    [Permission("aiplatform.tensorboardTimeSeries.read.get")]
    public async IAsyncEnumerable<ReadTensorboardBlobDataResponse> ReadTensorboardBlobData(
        ReadTensorboardBlobDataRequest request,
        CallContext context
    )
    {
        var shown = await series.FindAsync(Series(request.TimeSeries, "time_series", context), context.Cancellation);
        var there = await reads.BlobsAsync(shown, context.Cancellation);
        var wanted = request.BlobIds.Count == 0 ? there : request.BlobIds;
        var known = there.ToHashSet();
        foreach (var id in wanted)
        {
            if (!known.Contains(id))
            {
                throw StatusException.NotFound($"'{shown.View.Name}' has no blob '{id}'.");
            }

            var bytes = await shelf.ReadAsync(
                shown.Run.Board.BlobStoragePathPrefix,
                TensorboardName.Parse(shown.Run.Board.Name, "name").Project,
                id,
                context.Cancellation
            );
            yield return new ReadTensorboardBlobDataResponse
            {
                Blobs =
                {
                    new TensorboardBlob { Id = id, Data = UnsafeByteOperations.UnsafeWrap(bytes) },
                },
            };
        }

        usage.Count(shown.Run.Board.Name, context.Caller.Name);
    }

    [Permission("aiplatform.tensorboardExperiments.write")]
    public async Task<WriteTensorboardExperimentDataResponse> WriteTensorboardExperimentData(
        WriteTensorboardExperimentDataRequest request,
        CallContext context
    )
    {
        var parent = Experiment(request.TensorboardExperiment, "tensorboard_experiment", context);
        var writesOf = request
            .WriteRunDataRequests.Select(one =>
                (Run: RunName.Parse(one.TensorboardRun, "write_run_data_requests.tensorboard_run"), one.TimeSeriesData)
            )
            .ToList();
        foreach (var (run, _) in writesOf)
        {
            if (run.Experiment != parent)
            {
                throw StatusException.InvalidArgument($"`write_run_data_requests` has the run '{run}', which is not one of '{parent}'.");
            }
        }

        foreach (var (run, data) in writesOf)
        {
            await writes.WriteAsync(run, data, context.Cancellation);
        }

        return new WriteTensorboardExperimentDataResponse();
    }

    [Permission("aiplatform.tensorboardRuns.write")]
    public async Task<WriteTensorboardRunDataResponse> WriteTensorboardRunData(WriteTensorboardRunDataRequest request, CallContext context)
    {
        await writes.WriteAsync(Run(request.TensorboardRun, "tensorboard_run", context), request.TimeSeriesData, context.Cancellation);
        return new WriteTensorboardRunDataResponse();
    }

    [Permission("aiplatform.tensorboardTimeSeries.read.get")]
    public async Task<ExportTensorboardTimeSeriesDataResponse> ExportTensorboardTimeSeriesData(
        ExportTensorboardTimeSeriesDataRequest request,
        CallContext context
    )
    {
        var name = Series(request.TensorboardTimeSeries, "tensorboard_time_series", context);
        var response = await reads.ExportAsync(request, name, context.Cancellation);
        usage.Count(name.Run.Experiment.Tensorboard.ToString(), context.Caller.Name);
        return response;
    }

    private static TensorboardName Board(string text, string field, CallContext context)
    {
        context.RequireProject(text);
        return TensorboardName.Parse(text, field);
    }

    private static ExperimentName Experiment(string text, string field, CallContext context)
    {
        context.RequireProject(text);
        return ExperimentName.Parse(text, field);
    }

    private static RunName Run(string text, string field, CallContext context)
    {
        context.RequireProject(text);
        return RunName.Parse(text, field);
    }

    private static SeriesName Series(string text, string field, CallContext context)
    {
        context.RequireProject(text);
        return SeriesName.Parse(text, field);
    }
}
