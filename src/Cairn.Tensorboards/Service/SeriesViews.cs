using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Tensorboards.Events;
using Cairn.Tensorboards.Listing;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tensorboards.Service;

/// <summary>Time series of runs: every metric is one, whoever logged it, and tensors and blobs have theirs.</summary>
internal sealed class SeriesViews(IDatabase database, RunViews runs, TrackedRuns tracked, IOperations operations, TimeProvider time)
{
    private const int MaxBatch = 1_000;
    private const int MaxPluginData = 65 << 10;
    private const int MaxName = 250;

    public async Task<IReadOnlyList<TensorboardTimeSeries>> CreateAsync(
        IReadOnlyList<(RunName Run, string Id, TensorboardTimeSeries Series)> requests,
        CancellationToken cancellation
    )
    {
        if (requests.Count > MaxBatch)
        {
            throw StatusException.InvalidArgument(
                $"`requests` has {requests.Count} time series; at most {MaxBatch} can be created at a time."
            );
        }

        foreach (var (_, _, series) in requests)
        {
            Check(series);
            if (series.ValueType == ValueType.Unspecified)
            {
                throw StatusException.InvalidArgument("`tensorboard_time_series.value_type` is required: SCALAR, TENSOR or BLOB_SEQUENCE.");
            }
        }

        var keys = await tracked.InternAsync(requests.Select(static request => request.Series.DisplayName), cancellation);
        return await database.WriteAsync(
            session =>
            {
                var shown = new Dictionary<RunName, ShownRun>();
                var made = new List<TensorboardTimeSeries>(requests.Count);
                foreach (var (name, id, series) in requests)
                {
                    if (!shown.TryGetValue(name, out var run))
                    {
                        shown.Add(name, run = runs.Require(session, name));
                    }

                    made.Add(Create(session, name, run.Run, keys[series.DisplayName], id, series));
                }

                return made;
            },
            cancellation
        );
    }

    public async Task<TensorboardTimeSeries> GetAsync(SeriesName name, CancellationToken cancellation) =>
        (await FindAsync(name, cancellation)).View;

    public async Task<ListTensorboardTimeSeriesResponse> ListAsync(
        ListTensorboardTimeSeriesRequest request,
        RunName parent,
        CancellationToken cancellation
    )
    {
        var all = await AllAsync(parent, cancellation);
        var page = Pages.Of(
            all.Select(static series => series.View),
            static series => series.Name,
            request.Parent,
            request.Filter,
            request.OrderBy,
            Pages.Size(request.PageSize, 50, 1000),
            request.PageToken,
            request.ReadMask
        );
        return new ListTensorboardTimeSeriesResponse { TensorboardTimeSeries = { page.Items }, NextPageToken = page.NextPageToken };
    }

    public async Task<TensorboardTimeSeries> UpdateAsync(
        UpdateTensorboardTimeSeriesRequest request,
        SeriesName name,
        CancellationToken cancellation
    )
    {
        var found = await FindAsync(name, cancellation);
        Etags.Check(request.TensorboardTimeSeries.Etag, found.View.Etag, found.View.Name);
        var changed = FieldMasks.Apply(found.View, request.TensorboardTimeSeries, request.UpdateMask);
        Check(changed);
        if (changed.ValueType != found.View.ValueType || changed.PluginName != found.View.PluginName)
        {
            throw StatusException.InvalidArgument("`value_type` and `plugin_name` of a time series cannot be changed.");
        }

        await database.WriteAsync(
            session =>
            {
                var run = runs.Require(session, name.Run).Run;
                var row = SeriesTable.Find(session, run.Id, found.Row.Series) ?? found.Row;
                if (
                    changed.DisplayName != row.DisplayName
                    && SeriesTable
                        .OfRun(session, run.Id)
                        .Any(other => other.DisplayName == changed.DisplayName && other.Series != row.Series)
                )
                {
                    throw StatusException.InvalidArgument(
                        $"TensorboardTimeSeries with the display name '{changed.DisplayName}' already exists in '{name.Run}'."
                    );
                }

                SeriesTable.Put(
                    session,
                    row with
                    {
                        DisplayName = changed.DisplayName,
                        Description = changed.Description,
                        PluginData = changed.PluginData.ToByteArray(),
                        Updated = Now(),
                    }
                );
                return true;
            },
            cancellation
        );
        return await GetAsync(name, cancellation);
    }

    /// <summary>
    /// Deletes a series. Tensors and blobs go; a metric, which is the run's, stays in the run and is not shown here any more.
    /// </summary>
    public async Task<Operation> DeleteAsync(SeriesName name, CancellationToken cancellation)
    {
        var found = await FindAsync(name, cancellation);
        return await database.WriteAsync(
            session =>
            {
                var shown = runs.Require(session, name.Run);
                SeriesTable.Delete(session, shown.Run.Id, found.Row.Series);
                if (found.Row.ValueType == ValueType.Scalar)
                {
                    SeriesTable.Put(session, found.Row with { Hidden = true, Updated = Now() });
                }
                else
                {
                    GarbageTable.Add(session, shown.Board.BlobStoragePathPrefix, BlobShelf.Owner(shown.Run.Uuid, found.Row.Series));
                }

                return operations.Deleted(session, name.Run.Experiment.Tensorboard.Parent);
            },
            cancellation
        );
    }

    /// <summary>A series by its id: one that was described, or a metric that nobody has described.</summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<ShownSeries> FindAsync(SeriesName name, CancellationToken cancellation)
    {
        var (shown, row) = await database.ReadAsync(
            session =>
            {
                var found = runs.Require(session, name.Run);
                return (found, SeriesTable.Find(session, found.Run.Id, name.Id));
            },
            cancellation
        );
        if (row is { Hidden: false, ValueType: not ValueType.Scalar })
        {
            return Compose(shown, name.Run, row, null);
        }

        if (row is { Hidden: false } || (row is null && IsKey(name.Id)))
        {
            var metric = (await tracked.SeriesAsync(shown.Run, cancellation)).FirstOrDefault(metric =>
                row is null ? Text(metric.Key) == name.Id : metric.Key == row.Series
            );
            if (row is not null || metric is not null)
            {
                return Compose(shown, name.Run, row ?? Undescribed(shown.Run, metric!), metric);
            }
        }

        throw StatusException.NotFound($"TensorboardTimeSeries '{name}' does not exist.");
    }

    /// <summary>Every series of a run that is shown.</summary>
    public async Task<IReadOnlyList<ShownSeries>> AllAsync(RunName name, CancellationToken cancellation)
    {
        var (shown, rows) = await database.ReadAsync(
            session =>
            {
                var found = runs.Require(session, name);
                return (found, SeriesTable.OfRun(session, found.Run.Id));
            },
            cancellation
        );
        var metrics = (await tracked.SeriesAsync(shown.Run, cancellation)).ToDictionary(static metric => metric.Key);
        var described = rows.Select(static row => row.Series).ToHashSet();
        return
        [
            .. rows.Where(static row => !row.Hidden).Select(row => Compose(shown, name, row, metrics.GetValueOrDefault(row.Series))),
            .. metrics
                .Values.Where(metric => !described.Contains(metric.Key))
                .Select(metric => Compose(shown, name, Undescribed(shown.Run, metric), metric)),
        ];
    }

    private TensorboardTimeSeries Create(ISqlSession session, RunName name, Run run, long key, string id, TensorboardTimeSeries series)
    {
        if (SeriesTable.Find(session, run.Id, key) is { Hidden: false })
        {
            // What the client library's uploader looks for, to go on with the one that is there.
            throw StatusException.InvalidArgument(
                $"TensorboardTimeSeries with the display name '{series.DisplayName}' already exists in '{name}'."
            );
        }

        if (id.Length > 0)
        {
            ResourceIds.Require("tensorboard_time_series_id", id);
            if (SeriesTable.Find(session, run.Id, id) is { } other && other.Series != key)
            {
                throw StatusException.AlreadyExists($"TensorboardTimeSeries '{new SeriesName(name, id)}' already exists.");
            }

            if (IsKey(id) && id != Text(key))
            {
                throw StatusException.InvalidArgument(
                    $"`tensorboard_time_series_id` is '{id}'; ids of digits alone are given by the server."
                );
            }
        }

        var now = Now();
        var row = new SeriesRow(
            run.Id,
            key,
            id.Length > 0 ? id : Text(key),
            series.DisplayName,
            series.Description,
            series.PluginName,
            series.PluginData.ToByteArray(),
            series.ValueType,
            null,
            null,
            0,
            false,
            now,
            now
        );
        SeriesTable.Put(session, row);
        if (series.PluginName == Plugins.HParams && HParams.Parse(row.PluginData) is { Count: > 0 } parameters)
        {
            tracked.SetParams(session, run, parameters);
        }

        return Compose(null!, name, row, null).View;
    }

    private static ShownSeries Compose(ShownRun run, RunName name, SeriesRow row, MetricSeries? metric)
    {
        var view = new TensorboardTimeSeries
        {
            Name = new SeriesName(name, row.Id).ToString(),
            DisplayName = row.DisplayName,
            Description = row.Description,
            ValueType = row.ValueType,
            PluginName = row.PluginName,
            PluginData = UnsafeByteOperations.UnsafeWrap(row.PluginData),
            CreateTime = Timestamps.ToTimestamp(row.Created),
        };
        view.Etag = Etags.Of(view);
        view.UpdateTime = Timestamps.ToTimestamp(row.Updated);
        if ((metric?.LastStep ?? row.MaxStep) is { } step)
        {
            view.Metadata = new TensorboardTimeSeries.Types.Metadata
            {
                MaxStep = step,
                MaxWallTime = Timestamps.ToTimestamp(metric?.LastTime ?? row.MaxWall ?? 0),
                MaxBlobSequenceLength = row.MaxBlobs,
            };
        }

        return new ShownSeries(run, row, metric, view);
    }

    /// <summary>A metric that was logged without being described: a scalar of its name.</summary>
    private static SeriesRow Undescribed(Run run, MetricSeries metric) =>
        new(
            run.Id,
            metric.Key,
            Text(metric.Key),
            metric.Name,
            "",
            Plugins.Scalars,
            [],
            ValueType.Scalar,
            null,
            null,
            0,
            false,
            run.Created * 1000,
            run.Created * 1000
        );

    private static void Check(TensorboardTimeSeries series)
    {
        if (Characters.Count(series.DisplayName) is 0 or > MaxName)
        {
            throw StatusException.InvalidArgument(
                $"`tensorboard_time_series.display_name` has {series.DisplayName.Length} characters; it must have 1 to {MaxName}."
            );
        }

        if (series.PluginData.Length > MaxPluginData)
        {
            throw StatusException.InvalidArgument(
                $"`tensorboard_time_series.plugin_data` has {series.PluginData.Length} bytes; it may have {MaxPluginData}."
            );
        }
    }

    private static bool IsKey(string id) => id.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private static string Text(long key) => key.ToString(CultureInfo.InvariantCulture);

    private long Now() => Timestamps.ToMicros(time.GetUtcNow());
}
