using Cairn.Kernel.Database;
using Cairn.Tensorboards.Names;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Tensorboards.Service;

/// <summary>
/// The experiments, runs and metrics behind the Tensorboard service, which shows them and owns none of them. What is deleted softly is not
/// shown.
/// </summary>
internal sealed class TrackedRuns(
    IDatabase database,
    ExperimentStore experiments,
    RunStore runs,
    RunDataReader data,
    MetricKeys keys,
    MetricLog log,
    MetricReader reader
)
{
    public Experiment? FindExperiment(ISqlSession session, string project, string location, string slug) =>
        experiments.FindBySlug(session, project, location, slug) is { Stage: Lifecycle.Active } experiment ? experiment : null;

    /// <summary>An experiment by the id that it has in a tensorboard, where that is not its own.</summary>
    public Experiment? FindShown(ISqlSession session, string tensorboard, string id) =>
        DetailTables
            .ShownAs(session, id)
            .Select(found => experiments.Find(session, found))
            .FirstOrDefault(found => found is { Stage: Lifecycle.Active } && found.Tensorboard == tensorboard);

    /// <summary>Makes an experiment of a tensorboard under an id that another tensorboard's experiment has.</summary>
    public Experiment CreateShown(ISqlSession session, string project, string location, string id, string name, string tensorboard)
    {
        var board = tensorboard[(tensorboard.LastIndexOf('/') + 1)..];
        var slug = Slugs.With(id, board[..Math.Min(board.Length, 40)]);
        var taken = experiments.FindByName(session, project, location, name) is not null;
        return experiments.Create(
            session,
            new NewExperiment(project, location)
            {
                Slug = slug,
                Name = taken ? slug : name,
                Tensorboard = tensorboard,
            }
        );
    }

    public IEnumerable<Experiment> Experiments(ISqlSession session, string project, string location) =>
        experiments.All(session, project, location).Where(static experiment => experiment.Stage == Lifecycle.Active);

    public Experiment CreateExperiment(
        ISqlSession session,
        string project,
        string location,
        string slug,
        string name,
        string? tensorboard
    ) =>
        experiments.Create(
            session,
            new NewExperiment(project, location)
            {
                Slug = slug,
                Name = name,
                Tensorboard = tensorboard,
            }
        );

    public void RenameExperiment(ISqlSession session, Experiment experiment, string name) => experiments.Rename(session, experiment, name);

    public void MoveExperiment(ISqlSession session, Experiment experiment, string? tensorboard)
    {
        if (experiment.Tensorboard != tensorboard)
        {
            experiments.SetTensorboard(session, experiment, tensorboard);
        }
    }

    /// <summary>Removes an experiment for good, with whatever runs it still has.</summary>
    public void RemoveExperiment(ISqlSession session, Experiment experiment)
    {
        foreach (var run in runs.OfExperiment(session, experiment.Id))
        {
            runs.Remove(session, run);
        }

        experiments.Remove(session, experiment);
    }

    public Run? FindRun(ISqlSession session, Experiment experiment, string slug) =>
        runs.FindBySlug(session, experiment.Id, slug) is { } run && IsShown(session, run) ? run : null;

    /// <summary>Runs by slug, after one, read piece by piece.</summary>
    public IEnumerable<Run> Runs(ISqlSession session, Experiment experiment, string after = "")
    {
        const int batch = 1_000;
        while (true)
        {
            var found = runs.OfExperiment(session, experiment.Id, after, batch);
            foreach (var run in found.Where(run => IsShown(session, run)))
            {
                yield return run;
            }

            if (found.Count < batch)
            {
                yield break;
            }

            after = found[^1].Slug;
        }
    }

    /// <summary>A run whose context alone was deleted keeps its time series.</summary>
    private static bool IsShown(ISqlSession session, Run run) => run.Stage == Lifecycle.Active || DetailTables.IsKept(session, run.Id);

    public long CountRuns(ISqlSession session, Experiment experiment) => runs.Count(session, experiment.Id);

    /// <summary>Makes a run. An id that can be a run's for MLflow as well is: runs that are brought from there keep theirs.</summary>
    public Run CreateRun(ISqlSession session, Experiment experiment, string slug, string name)
    {
        var uuid = slug.Length == 32 && slug.All(char.IsAsciiHexDigitLower) && runs.Find(session, slug) is null ? slug : null;
        return runs.Create(
            session,
            new NewRun(experiment.Id)
            {
                Slug = slug,
                Name = name,
                Uuid = uuid,
            }
        );
    }

    public void RenameRun(ISqlSession session, Run run, string name) => runs.Update(session, run, run with { Name = name });

    public void RemoveRun(ISqlSession session, Run run) => runs.Remove(session, run);

    /// <summary>Sets parameters, in place of what they were.</summary>
    public void SetParams(ISqlSession session, Run run, IReadOnlyList<(string Key, string Value, bool IsNumber)> parameters)
    {
        foreach (var (key, value, isNumber) in parameters)
        {
            if (KeyNames.Fits(key) && value.Length <= RunFields.MaxParamValue)
            {
                RunFields.SetParam(session, run, new Param(KeyNames.Clean(key), value, isNumber), overwrite: true);
            }
        }
    }

    /// <summary>The bytes that a run's metrics take.</summary>
    public long MetricBytes(ISqlSession session, Run run) => MetricLog.Size(session, run);

    /// <summary>The numbers of series' names, for ever the same.</summary>
    public Task<IReadOnlyDictionary<string, long>> InternAsync(IEnumerable<string> names, CancellationToken cancellation) =>
        keys.InternAsync(names, cancellation);

    /// <summary>Adds points; those that are there are there once.</summary>
    public Task LogAsync(Run run, LoggedPoint[] points, CancellationToken cancellation) => log.AppendAsync(run.Uuid, points, cancellation);

    /// <summary>The run's metrics, but those that are summaries alone: these are the context's.</summary>
    public Task<List<MetricSeries>> SeriesAsync(Run run, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var summaries = SummaryTable.Of(session, run.Id);
                var described = summaries.Count == 0 ? [] : SeriesTable.OfRun(session, run.Id).Select(static row => row.Series).ToHashSet();
                return data.Read(session, run)
                    .Metrics.Where(metric =>
                        described.Contains(metric.Key)
                        || !summaries[metric.Key].Any(summary => summary.Step == metric.Point.Step && summary.Time == metric.Point.Time)
                    )
                    .Select(static metric => new MetricSeries(metric.Key, metric.Name, metric.Point.Step, metric.Point.Time))
                    .ToList();
            },
            cancellation
        );

    /// <summary>The points of metrics by step, time and value, all read in one pass; without those that are summaries.</summary>
    public async Task<IReadOnlyDictionary<long, IReadOnlyList<MetricPoint>>> HistoriesAsync(
        Run run,
        IReadOnlyCollection<long> series,
        CancellationToken cancellation
    )
    {
        var histories = await reader.HistoriesAsync(run, series, cancellation);
        var summaries = await database.ReadAsync(session => SummaryTable.Of(session, run.Id), cancellation);
        return summaries.Count == 0
            ? histories
            : histories.ToDictionary(
                static entry => entry.Key,
                entry =>
                    !summaries.Contains(entry.Key)
                        ? entry.Value
                        :
                        [
                            .. entry.Value.Where(point =>
                                !summaries[entry.Key].Any(summary => summary.Step == point.Step && summary.Time == point.Time)
                            ),
                        ]
            );
    }
}
