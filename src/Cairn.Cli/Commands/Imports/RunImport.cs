using Cairn.Cli.Api;
using Cairn.Cli.Commands.Tensorboards;
using Cairn.Cli.Shell;
using Cairn.Kernel.Store;
using Cairn.Tracking.Imports;
using Cairn.Tracking.Tensorboards.Names;
using Google.Cloud.AIPlatform.V1;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Cli.Commands.Imports;

/// <summary>
/// Writes imported runs through the API, as Vertex experiment runs with their time series. A run's identity is its source's, so writing it again changes
/// nothing but what has changed there.
/// </summary>
internal sealed class RunImport(ApiSession session, bool withArtifacts)
{
    private const int PointsPerWrite = 5_000;
    private const int MaxName = 250;

    private readonly Dictionary<string, TensorboardExperiment> experiments = new(StringComparer.Ordinal);
    private readonly List<(string Experiment, string Parent, string Child)> nested = [];
    private readonly RunContexts contexts = new(session.Client, session.Parent);
    private readonly RunArtifacts artifacts = new(session);
    private Tensorboard? board;

    public ImportTotals Totals { get; } = new();

    public List<string> Problems { get; } = [];

    public async Task WriteAsync(ImportedRun run, CancellationToken cancellation)
    {
        var experiment = await ExperimentAsync(run.Experiment, cancellation);
        var slug = experiment.Name[(experiment.Name.LastIndexOf('/') + 1)..];
        run = run with { Metrics = [.. run.Metrics.Select(static metric => metric with { Name = KeyNames.Clean(metric.Name) })] };

        // First the run, which takes over the source's identity, and then what is said of it.
        var name = (await session.Client.GetOrCreateAsync<TensorboardRun>(
            $"/v1/{experiment.Name}/runs/{run.Id}", $"/v1/{experiment.Name}/runs?tensorboardRunId={run.Id}", new TensorboardRun { DisplayName = run.Name }, cancellation)).Name;
        await contexts.RunAsync(slug, run, new Dictionary<string, double>(), cancellation);
        var latest = await PointsAsync(new ApiRunSink(session.Client, experiment.Name), name, run, cancellation);
        string? folder = null;
        if (withArtifacts && run.Artifacts.Count > 0)
        {
            folder = await artifacts.UploadAsync(slug, run, Totals, cancellation);
        }

        await contexts.RunAsync(slug, run, latest, cancellation);
        await contexts.AttachAsync(slug, run, name, folder, cancellation);
        if (run.Parent is { } parent)
        {
            nested.Add((slug, parent, run.Id));
        }

        Totals.Runs++;
    }

    /// <summary>Puts nested runs below their parents, which may have come after them.</summary>
    public async Task NestAsync(CancellationToken cancellation)
    {
        foreach (var (experiment, parent, child) in nested)
        {
            if (!await contexts.NestAsync(experiment, parent, child, cancellation))
            {
                Problems.Add($"The run '{child}' is nested in '{parent}', which is not here.");
            }
        }
    }

    private async Task<TensorboardExperiment> ExperimentAsync(string name, CancellationToken cancellation)
    {
        if (!experiments.TryGetValue(name, out var experiment))
        {
            var boards = new Boards(session.Client, session.Parent);
            board ??= await boards.DefaultAsync(cancellation);
            experiment = await boards.ExperimentAsync(board.Name, name, cancellation);
            await contexts.ExperimentAsync(experiment.Name[(experiment.Name.LastIndexOf('/') + 1)..], name, board.Name, cancellation);
            experiments.Add(name, experiment);
            Totals.Experiments++;
        }

        return experiment;
    }

    /// <summary>Writes the metrics' points; returns each metric's last value.</summary>
    private async Task<Dictionary<string, double>> PointsAsync(ApiRunSink sink, string name, ImportedRun run, CancellationToken cancellation)
    {
        var latest = new Dictionary<string, double>();
        if (run.Metrics.Count == 0)
        {
            return latest;
        }

        var there = (await sink.SeriesAsync(name, cancellation)).ToDictionary(static series => series.DisplayName);
        foreach (var missing in run.Metrics.Where(metric => !there.ContainsKey(metric.Name) && metric.Name.Length <= MaxName).Chunk(1_000))
        {
            var wanted = missing.Select(static metric => new TensorboardTimeSeries { DisplayName = metric.Name, ValueType = ValueType.Scalar, PluginName = "scalars" }).ToList();
            foreach (var made in await sink.CreateSeriesAsync(name, wanted, cancellation))
            {
                there[made.DisplayName] = made;
            }
        }

        var request = new WriteTensorboardRunDataRequest { TensorboardRun = name };
        var count = 0;
        foreach (var metric in run.Metrics)
        {
            if (!there.TryGetValue(metric.Name, out var series) || series.ValueType != ValueType.Scalar)
            {
                Problems.Add($"The metric '{metric.Name[..Math.Min(metric.Name.Length, 60)]}' of the run '{run.Id}' cannot be a series of scalars here.");
                continue;
            }

            var last = (Step: long.MinValue, Time: long.MinValue);
            TimeSeriesData? data = null;
            foreach (var point in metric.Points)
            {
                if (count == PointsPerWrite)
                {
                    await sink.WriteAsync(request, cancellation);
                    (request, data, count) = (new WriteTensorboardRunDataRequest { TensorboardRun = name }, null, 0);
                }

                if (data is null)
                {
                    data = new TimeSeriesData { TensorboardTimeSeriesId = series.Name[(series.Name.LastIndexOf('/') + 1)..], ValueType = ValueType.Scalar };
                    request.TimeSeriesData.Add(data);
                }

                data.Values.Add(new TimeSeriesDataPoint { Step = point.Step, WallTime = Timestamps.ToTimestamp(point.TimeMicros), Scalar = new Scalar { Value = point.Value } });
                count++;
                Totals.Points++;
                if ((point.Step, point.TimeMicros).CompareTo(last) >= 0)
                {
                    last = (point.Step, point.TimeMicros);
                    latest[metric.Name] = point.Value;
                }
            }
        }

        if (count > 0)
        {
            await sink.WriteAsync(request, cancellation);
        }

        return latest;
    }
}
