using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Metrics;

namespace Cairn.Mlflow.Tracking;

/// <summary><c>2.0/mlflow/metrics/…</c></summary>
internal sealed class MetricCalls(IDatabase database, RunAccess access, MetricReader reader, MetricKeys keys) : IMlflowCalls
{
    private const int MaxPage = 25_000;
    private const int MaxRuns = 100;

    /// <summary>The most points of a run that a sample has.</summary>
    private const int MaxSampled = 2_500;

    public void Map(MlflowRoutes routes)
    {
        routes.Add("GET", "2.0/mlflow/metrics/get-history", "mlflow.runs.get", HistoryAsync);
        routes.Add("GET", "2.0/mlflow/metrics/get-history-bulk", "mlflow.runs.get", BulkAsync);
        routes.Add("GET", "2.0/mlflow/metrics/get-history-bulk-interval", "mlflow.runs.get", IntervalAsync);
    }

    private async Task HistoryAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, name) = (arguments.RunId, arguments.Required("metric_key"));
        var points = await PointsAsync(call, id, name);
        var from = After(points, arguments.Text("page_token"));
        var count = arguments.Number("max_results") is > 0 and { } most ? (int)Math.Min(most, int.MaxValue) : points.Count;
        var to = Math.Min(points.Count, (int)Math.Min((long)from + count, int.MaxValue));
        await call.AnswerAsync(json =>
        {
            json.WriteStartArray("metrics");
            for (var i = from; i < to; i++)
            {
                json.WriteMetric(name, points[i]);
            }

            json.WriteEndArray();
            Views.WriteToken(json, to < points.Count && to > 0 ? Token(points[to - 1]) : "");
        });
    }

    /// <summary>One metric of many runs, run after run in the order of their ids: all of it, cut off at so many points.</summary>
    private async Task BulkAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var ids = arguments.Texts("run_id");
        if (ids.Count is 0 or > MaxRuns)
        {
            throw ids.Count == 0
                ? StatusException.InvalidArgument("GetMetricHistoryBulk request must specify at least one run_id.")
                : StatusException.InvalidArgument(
                    $"GetMetricHistoryBulk request cannot specify more than {MaxRuns} run_ids. Received {ids.Count} run_ids."
                );
        }

        var name = arguments.Text("metric_key") is { Length: > 0 } key
            ? key
            : throw StatusException.InvalidArgument("GetMetricHistoryBulk request must specify a metric_key.");
        var left = arguments.Number("max_results") is { } asked ? (int)Math.Clamp(asked, 0, MaxPage) : MaxPage;
        var histories = new List<(string Run, IReadOnlyList<MetricPoint> Points)>();
        foreach (var id in ids.Order(StringComparer.Ordinal))
        {
            var all = await PointsAsync(call, id, name);
            histories.Add(
                (
                    id,
                    [
                        .. all.OrderBy(static point => point.Time)
                            .ThenBy(static point => point.Step)
                            .ThenBy(static point => point.Value)
                            .Take(left),
                    ]
                )
            );
            left -= histories[^1].Points.Count;
        }

        await AnswerAsync(call, name, histories);
    }

    /// <summary>One metric of many runs between two steps, with at most so many points each, the extremes among them.</summary>
    private async Task IntervalAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var ids = arguments.Texts("run_ids");
        if (ids.Count is 0 or > MaxRuns)
        {
            throw ids.Count == 0
                ? MlflowArguments.Missing("run_ids")
                : StatusException.InvalidArgument(
                    $"GetMetricHistoryBulkInterval request must specify at most {MaxRuns} run_ids. Received {ids.Count} run_ids."
                );
        }

        var name = arguments.Required("metric_key");
        var (first, last) = (arguments.Number("start_step"), arguments.Number("end_step"));
        if (first is null != last is null)
        {
            throw StatusException.InvalidArgument("If either start_step or end_step are specified, both must be specified.");
        }

        if (first > last)
        {
            throw StatusException.InvalidArgument(
                $"end_step must be greater than start_step. Found start_step={first} and end_step={last}."
            );
        }

        var most = arguments.Number("max_results") ?? MaxSampled;
        if (most is < 1 or > MaxSampled)
        {
            throw StatusException.InvalidArgument($"max_results must be between 1 and {MaxSampled}.");
        }

        var histories = new List<(string Run, IReadOnlyList<MetricPoint> Points)>();
        foreach (var id in ids.Order(StringComparer.Ordinal))
        {
            var all = await PointsAsync(call, id, name);
            histories.Add(
                (
                    id,
                    Downsampling.KeepExtremes(
                        [.. all.Where(point => first is null || (point.Step >= first && point.Step <= last))],
                        (int)most
                    )
                )
            );
        }

        await AnswerAsync(call, name, histories);
    }

    private static Task AnswerAsync(MlflowCall call, string name, List<(string Run, IReadOnlyList<MetricPoint> Points)> histories) =>
        call.AnswerAsync(json =>
        {
            json.WriteStartArray("metrics");
            foreach (var (run, history) in histories)
            {
                foreach (var point in history)
                {
                    json.WriteMetric(name, point, run);
                }
            }

            json.WriteEndArray();
        });

    private async Task<IReadOnlyList<MetricPoint>> PointsAsync(MlflowCall call, string id, string name)
    {
        var (run, key) = await database.ReadAsync(session => (access.Run(session, call, id), keys.Find(session, name)), call.Cancellation);
        return key is { } known ? await reader.HistoryAsync(run, known, call.Cancellation) : [];
    }

    private static string Token(MetricPoint point) =>
        Base64Url.EncodeToString(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{point.Step},{point.Time},{point.Value:R}"))
        );

    /// <summary>The index of the first point after the one that a token names.</summary>
    private static int After(IReadOnlyList<MetricPoint> points, string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return 0;
        }

        try
        {
            var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(token)).Split(',');
            var last = new MetricPoint(
                long.Parse(parts[0], CultureInfo.InvariantCulture),
                long.Parse(parts[1], CultureInfo.InvariantCulture),
                double.Parse(parts[2], CultureInfo.InvariantCulture)
            );
            var index = 0;
            while (index < points.Count && !points[index].Follows(last))
            {
                index++;
            }

            return index;
        }
        catch (Exception error) when (error is FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw StatusException.InvalidArgument("The page token is not one that this call returned.");
        }
    }
}
