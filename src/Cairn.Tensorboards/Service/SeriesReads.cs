using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tensorboards.Listing;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Metrics;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Tensorboards.Service;

/// <summary>
/// Reads points. A step has one value here, the latest that was written for it, as the API says; scalars are thinned out with their
/// extremes kept.
/// </summary>
internal sealed class SeriesReads(IDatabase database, SeriesViews series, TrackedRuns tracked, BlobShelf shelf)
{
    public const int DefaultScalars = 1_000;
    public const int DefaultOthers = 100;

    private const int MaxPoints = 10_000;
    private const long MaxAnswerBytes = 48 << 20;

    public async Task<TimeSeriesData> ReadAsync(SeriesName name, int maxDataPoints, string filter, CancellationToken cancellation)
    {
        if (maxDataPoints is < -1 or > MaxPoints)
        {
            throw StatusException.InvalidArgument($"`max_data_points` is {maxDataPoints}; it must be 1 to {MaxPoints}, or -1 for all.");
        }

        var limit =
            maxDataPoints == -1 ? int.MaxValue
            : maxDataPoints == 0 ? DefaultScalars
            : maxDataPoints;
        return await DataAsync(await series.FindAsync(name, cancellation), limit, limit, filter, cancellation);
    }

    /// <summary>A series' data.</summary>
    /// <param name="scalars">The most points of a scalar series.</param>
    /// <param name="others">The most of any other.</param>
    /// <param name="history">A scalar series' points where they have been read already.</param>
    public async Task<TimeSeriesData> DataAsync(
        ShownSeries shown,
        int scalars,
        int others,
        string filter,
        CancellationToken cancellation,
        IReadOnlyList<MetricPoint>? history = null
    )
    {
        var data = new TimeSeriesData { TensorboardTimeSeriesId = shown.Row.Id, ValueType = shown.Row.ValueType };
        var matching = MessageFilter.Parse(filter, new TimeSeriesDataPoint());
        if (shown.Row.ValueType == ValueType.Scalar)
        {
            var points = await ScalarsAsync(shown, history, cancellation);
            var kept = matching.IsEmpty ? points : [.. points.Where(point => matching.Matches(ToMessage(point)))];
            data.Values.AddRange(Downsampling.KeepExtremes(kept, scalars).Select(ToMessage));
        }
        else
        {
            var steps = await StepsAsync(shown, matching, cancellation);
            data.Values.AddRange(await FillAsync(shown, [.. Thinning.Even(steps, others)], cancellation));
        }

        return data;
    }

    public async Task<ExportTensorboardTimeSeriesDataResponse> ExportAsync(
        ExportTensorboardTimeSeriesDataRequest request,
        SeriesName name,
        CancellationToken cancellation
    )
    {
        var shown = await series.FindAsync(name, cancellation);
        var size = Pages.Size(request.PageSize, 1_000, MaxPoints);
        var matching = MessageFilter.Parse(request.Filter, new TimeSeriesDataPoint());
        var points =
            shown.Row.ValueType == ValueType.Scalar
                ? (await ScalarsAsync(shown, null, cancellation)).Select(ToMessage)
                : await StepsAsync(shown, matching, cancellation);
        var page = Pages.Of(
            points,
            static point => point.Step.ToString(System.Globalization.CultureInfo.InvariantCulture),
            request.TensorboardTimeSeries,
            request.Filter,
            request.OrderBy,
            size,
            request.PageToken,
            null
        );
        var items = shown.Row.ValueType == ValueType.Scalar ? page.Items : await FillAsync(shown, page.Items, cancellation);
        return new ExportTensorboardTimeSeriesDataResponse { TimeSeriesDataPoints = { items }, NextPageToken = page.NextPageToken };
    }

    /// <summary>The ids of the blobs of a series' sequences, in the order of their steps.</summary>
    public async Task<IReadOnlyList<string>> BlobsAsync(ShownSeries shown, CancellationToken cancellation) =>
        await database.ReadAsync(
            session =>
                PointTable
                    .WithBlobs(session, shown.Row.Run, shown.Row.Series)
                    .Where(static point => point.Form == PointForm.Blobs)
                    .SelectMany(static point => point.Blobs)
                    .Distinct()
                    .ToList(),
            cancellation
        );

    private async Task<IReadOnlyList<MetricPoint>> ScalarsAsync(
        ShownSeries shown,
        IReadOnlyList<MetricPoint>? history,
        CancellationToken cancellation
    )
    {
        if (shown.Metric is null)
        {
            return [];
        }

        history ??=
            (await tracked.HistoriesAsync(shown.Run.Run, [shown.Metric.Key], cancellation)).GetValueOrDefault(shown.Metric.Key) ?? [];
        var latest = new List<MetricPoint>(history.Count);
        foreach (var point in history)
        {
            if (latest.Count > 0 && latest[^1].Step == point.Step)
            {
                latest[^1] = point;
            }
            else
            {
                latest.Add(point);
            }
        }

        return latest;
    }

    private Task<List<TimeSeriesDataPoint>> StepsAsync(ShownSeries shown, MessageFilter matching, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
                PointTable
                    .Steps(session, shown.Row.Run, shown.Row.Series)
                    .Select(static point => new TimeSeriesDataPoint { Step = point.Step, WallTime = Timestamps.ToTimestamp(point.Wall) })
                    .Where(matching.Matches)
                    .ToList(),
            cancellation
        );

    /// <summary>Gives points that have only a step their values.</summary>
    private async Task<IReadOnlyList<TimeSeriesDataPoint>> FillAsync(
        ShownSeries shown,
        IReadOnlyList<TimeSeriesDataPoint> points,
        CancellationToken cancellation
    )
    {
        var rows = await database.ReadAsync(
            session =>
            {
                var found = new List<PointRow>(points.Count);
                var bytes = 0L;
                foreach (var point in points)
                {
                    if (PointTable.Find(session, shown.Row.Run, shown.Row.Series, point.Step) is { } row)
                    {
                        bytes += row.Form == PointForm.Blobs ? row.Value.Length : row.Size;
                        found.Add(
                            bytes <= MaxAnswerBytes
                                ? row
                                : throw StatusException.ResourceExhausted(
                                    $"The {points.Count} points of '{shown.View.Name}' have more than {MaxAnswerBytes >> 20} MB; ask for fewer, with max_data_points or a filter on step, or export them page by page."
                                )
                        );
                    }
                }

                return found;
            },
            cancellation
        );
        var filled = new List<TimeSeriesDataPoint>(rows.Count);
        foreach (var row in rows)
        {
            var point = new TimeSeriesDataPoint { Step = row.Step, WallTime = Timestamps.ToTimestamp(row.Wall) };
            if (row.Form == PointForm.Blobs)
            {
                point.Blobs = new TensorboardBlobSequence { Values = { row.Blobs.Select(static id => new TensorboardBlob { Id = id }) } };
            }
            else
            {
                var bytes =
                    row.Form == PointForm.Tensor
                        ? row.Value
                        : await shelf.ReadAsync(
                            shown.Run.Board.BlobStoragePathPrefix,
                            TensorboardName.Parse(shown.Run.Board.Name, "name").Project,
                            row.Blobs[0],
                            cancellation
                        );
                point.Tensor = new TensorboardTensor { Value = UnsafeByteOperations.UnsafeWrap(bytes), VersionNumber = row.Version };
            }

            filled.Add(point);
        }

        return filled;
    }

    private static TimeSeriesDataPoint ToMessage(MetricPoint point) =>
        new()
        {
            Step = point.Step,
            WallTime = Timestamps.ToTimestamp(point.Time),
            Scalar = new Scalar { Value = point.Value },
        };
}
