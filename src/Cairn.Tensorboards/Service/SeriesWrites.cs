using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Metrics;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tensorboards.Service;

/// <summary>
/// Takes points: scalars become the run's metrics, tensors and blob sequences are kept here. Writing the same again changes nothing.
/// </summary>
internal sealed class SeriesWrites(IDatabase database, RunViews runs, TrackedRuns tracked, BlobShelf shelf)
{
    /// <summary>The most points in a request, as the API publishes it.</summary>
    public const int MaxPoints = 5_000;

    // A tensor up to this size lies in its row; a larger one is a blob.
    private const int MaxInline = 64 << 10;

    public async Task WriteAsync(RunName name, IReadOnlyList<TimeSeriesData> data, CancellationToken cancellation)
    {
        var count = data.Sum(static series => series.Values.Count);
        if (count > MaxPoints)
        {
            throw StatusException.InvalidArgument(
                $"The request has {count} data points; at most {MaxPoints} are accepted. Send them in several requests."
            );
        }

        var (shown, rows) = await database.ReadAsync(
            session =>
            {
                var found = runs.Require(session, name);
                return (
                    found,
                    SeriesTable.OfRun(session, found.Run.Id).Where(static row => !row.Hidden).ToDictionary(static row => row.Id)
                );
            },
            cancellation
        );
        IReadOnlyList<MetricSeries>? metrics = null;
        var scalars = new List<LoggedPoint>();
        var others = new List<(SeriesRow Row, PointRow Point)>();
        foreach (var series in data)
        {
            if (rows.TryGetValue(series.TensorboardTimeSeriesId, out var row))
            {
                if (series.ValueType != ValueType.Unspecified && series.ValueType != row.ValueType)
                {
                    throw StatusException.InvalidArgument(
                        $"The time series '{row.Id}' has values of {row.ValueType}, and the request's `value_type` is {series.ValueType}."
                    );
                }

                if (row.ValueType == ValueType.Scalar)
                {
                    scalars.AddRange(series.Values.Select(value => new LoggedPoint(row.Series, Scalar(row.Id, value))));
                }
                else
                {
                    foreach (var value in series.Values)
                    {
                        others.Add((row, await ToPointAsync(shown, row, value, cancellation)));
                    }
                }

                continue;
            }

            metrics ??= await tracked.SeriesAsync(shown.Run, cancellation);
            var metric =
                metrics.FirstOrDefault(metric =>
                    metric.Key.ToString(System.Globalization.CultureInfo.InvariantCulture) == series.TensorboardTimeSeriesId
                )
                ?? throw StatusException.NotFound(
                    $"TensorboardTimeSeries '{new SeriesName(name, series.TensorboardTimeSeriesId)}' does not exist."
                );
            scalars.AddRange(series.Values.Select(value => new LoggedPoint(metric.Key, Scalar(series.TensorboardTimeSeriesId, value))));
        }

        if (scalars.Count > 0)
        {
            await tracked.LogAsync(shown.Run, [.. scalars], cancellation);
        }

        if (others.Count > 0)
        {
            await database.WriteAsync(session => Put(session, shown.Run.Id, others), cancellation);
        }
    }

    private static bool Put(ISqlSession session, long run, List<(SeriesRow Row, PointRow Point)> points)
    {
        foreach (var group in points.GroupBy(static point => point.Row.Series))
        {
            // Deleted in the meantime: the points go with it.
            if (SeriesTable.Find(session, run, group.Key) is not { Hidden: false } row)
            {
                continue;
            }

            foreach (var (_, point) in group)
            {
                PointTable.Put(session, run, row.Series, point);
                row = row with
                {
                    MaxStep = Math.Max(row.MaxStep ?? long.MinValue, point.Step),
                    MaxWall = Math.Max(row.MaxWall ?? long.MinValue, point.Wall),
                    MaxBlobs = point.Form == PointForm.Blobs ? Math.Max(row.MaxBlobs, point.Blobs.Count) : row.MaxBlobs,
                };
            }

            SeriesTable.Put(session, row);
        }

        return true;
    }

    private static MetricPoint Scalar(string series, TimeSeriesDataPoint value) =>
        value.ValueCase == TimeSeriesDataPoint.ValueOneofCase.Scalar
            ? new MetricPoint(value.Step, Wall(value), value.Scalar.Value)
            : throw WrongValue(series, "scalar", value);

    private async Task<PointRow> ToPointAsync(ShownRun shown, SeriesRow row, TimeSeriesDataPoint value, CancellationToken cancellation)
    {
        var (prefix, project) = (shown.Board.BlobStoragePathPrefix, shown.Experiment.Project);
        if (row.ValueType == ValueType.Tensor)
        {
            if (value.ValueCase != TimeSeriesDataPoint.ValueOneofCase.Tensor)
            {
                throw WrongValue(row.Id, "tensor", value);
            }

            var tensor = value.Tensor.Value;
            if (tensor.Length <= MaxInline)
            {
                return new PointRow(
                    value.Step,
                    Wall(value),
                    PointForm.Tensor,
                    value.Tensor.VersionNumber,
                    tensor.Length,
                    tensor.ToByteArray()
                );
            }

            var id = await ShelveAsync(tensor);
            return new PointRow(
                value.Step,
                Wall(value),
                PointForm.LargeTensor,
                value.Tensor.VersionNumber,
                tensor.Length,
                PointRow.Join([id])
            );
        }

        if (value.ValueCase != TimeSeriesDataPoint.ValueOneofCase.Blobs)
        {
            throw WrongValue(row.Id, "blobs", value);
        }

        var ids = new List<string>();
        var size = 0L;
        foreach (var blob in value.Blobs.Values)
        {
            // An uploader that put the blob into the bucket itself writes its id alone.
            ids.Add(blob.Data.IsEmpty && blob.Id.Length > 0 ? blob.Id : await ShelveAsync(blob.Data));
            size +=
                blob.Data.IsEmpty && blob.Id.Length > 0 ? await shelf.SizeAsync(prefix, project, blob.Id, cancellation) : blob.Data.Length;
        }

        return new PointRow(value.Step, Wall(value), PointForm.Blobs, 0, size, PointRow.Join(ids));

        async Task<string> ShelveAsync(ByteString bytes)
        {
            var id = BlobShelf.IdOf(shown.Run.Uuid, row.Series, bytes.Span);
            await shelf.PutAsync(prefix, project, id, bytes.Memory, cancellation);
            return id;
        }
    }

    private static long Wall(TimeSeriesDataPoint value) => value.WallTime is null ? 0 : Timestamps.ToMicros(value.WallTime);

    private static StatusException WrongValue(string series, string wanted, TimeSeriesDataPoint value) =>
        StatusException.InvalidArgument(
            $"The time series '{series}' takes values of `{wanted}`, and the one of step {value.Step} has {(value.ValueCase == TimeSeriesDataPoint.ValueOneofCase.None ? "none" : $"`{value.ValueCase.ToString().ToLowerInvariant()}`")}."
        );
}
