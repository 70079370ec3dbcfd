using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Artifacts;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Imports.Door;

/// <summary>
/// Writes runs that are brought from elsewhere, each in one transaction; written again, nothing is there twice. A run that was deleted here
/// stays deleted.
/// </summary>
public sealed class RunImports(
    IDatabase database,
    ExperimentStore experiments,
    RunStore runs,
    LoggedModelStore models,
    MetricKeys keys,
    MetricLog log,
    RunArtifacts artifacts
)
{
    /// <summary>2^53: the whole numbers up to it are doubles, each of them.</summary>
    private const double MaxExact = 9_007_199_254_740_992;

    public async Task<ImportReply> WriteAsync(string project, string location, RunImportRequest request, CancellationToken cancellation)
    {
        RunTimes.Check(request.Run?.Started, "The run's start");
        RunTimes.Check(request.Run?.Ended, "The run's end");
        if (request.Run?.ExperimentTags.FirstOrDefault(static tag => tag.Value is null).Key is { } without)
        {
            throw StatusException.InvalidArgument($"The experiment's tag '{without}' has no value.");
        }

        var problems = new List<string>();
        var points = await PointsAsync(request, problems, cancellation);
        var (run, experiment, skipped, more) = await database.WriteAsync(
            session => Write(session, project, location, request, points),
            cancellation
        );

        var folder = await artifacts.FolderAsync(project, run.ArtifactUri, cancellation);
        if (folder is { } kept)
        {
            folder = await artifacts.EnsureAsync(project, kept, cancellation);
        }

        return new ImportReply(
            experiment.Id.ToString(CultureInfo.InvariantCulture),
            experiment.Slug,
            $"{experiment.Slug}-{run.Slug}",
            run.ArtifactUri,
            folder?.ToString(),
            skipped,
            [.. problems, .. more]
        );
    }

    private (Run Run, Experiment Experiment, bool Skipped, IReadOnlyList<string> Problems) Write(
        ISqlSession session,
        string project,
        string location,
        RunImportRequest request,
        LoggedPoint[] points
    )
    {
        var known = runs.Find(session, request.RunId);
        if (
            known is not null
            && experiments.Get(session, known.Experiment) is var home
            && (home.Project != project || home.Location != location)
        )
        {
            throw StatusException.AlreadyExists($"Run with id={request.RunId} already exists elsewhere on this server.");
        }

        if (known is { Stage: Lifecycle.Deleted })
        {
            return (known, experiments.Get(session, known.Experiment), true, []);
        }

        var problems = new List<string>();
        if (request.Run is { } given)
        {
            known = Describe(session, known ?? Create(session, project, location, request.RunId, given, problems), given, problems);
        }

        var run = known ?? throw StatusException.NotFound($"Run with id={request.RunId} not found");
        log.Append(session, run, points);
        foreach (
            var (id, isOutput, step) in request
                .ModelsUsed.Select(static id => (id, false, 0L))
                .Concat(request.ModelsMade.Select(static made => (made.ModelId, true, made.Step)))
        )
        {
            if (models.Find(session, id) is { } model && experiments.Find(session, model.Experiment)?.Project == project)
            {
                LoggedModelLinks.Add(session, run, model, isOutput, step);
            }
            else
            {
                problems.Add($"The run '{run.Uuid}' names the logged model '{id}', which is not here.");
            }
        }

        if (request.Run is { Deleted: true })
        {
            run = runs.SetStage(session, run, Lifecycle.Deleted);
        }

        return (run, experiments.Get(session, run.Experiment), false, problems);
    }

    private Run Create(ISqlSession session, string project, string location, string id, RunDescription given, List<string> problems)
    {
        var experiment = experiments.FindByName(session, project, location, given.Experiment);
        if (experiment is null)
        {
            experiment = experiments.Create(session, new NewExperiment(project, location) { Name = given.Experiment });
            foreach (var (key, value) in given.ExperimentTags)
            {
                Try($"Experiment '{experiment.Name}'", problems, () => experiments.SetTag(session, experiment, key, value));
            }
        }

        return runs.Create(
            session,
            new NewRun(experiment.Id)
            {
                Uuid = id,
                Slug = given.Slug,
                Name = given.Name,
                User = given.User,
                Started = given.Started,
            }
        );
    }

    private Run Describe(ISqlSession session, Run run, RunDescription given, List<string> problems)
    {
        var status =
            Enum.TryParse<RunStatus>(given.Status, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
                ? parsed
                : throw StatusException.InvalidArgument(
                    $"The run's status is '{given.Status}'; it must be one of RUNNING, SCHEDULED, FINISHED, FAILED, KILLED."
                );
        run = runs.Update(
            session,
            run,
            run with
            {
                Name = given.Name.Length > 0 ? given.Name : run.Name,
                User = given.User,
                Status = status,
                Started = given.Started ?? run.Started,
                Ended = given.Ended,
            }
        );
        var of = $"Run '{run.Uuid}'";
        foreach (var (key, value) in given.Params)
        {
            Try(of, problems, () => RunFields.SetParam(session, run, new Param(key, value, IsNumber(value)), overwrite: true));
        }

        foreach (var (key, value) in given.Tags)
        {
            Try(
                of,
                problems,
                () =>
                    RunFields.SetTag(
                        session,
                        run,
                        key,
                        value,
                        key == "mlflow.log-model.history" ? RunFields.MaxModelHistory : RunFields.MaxTagValue
                    )
            );
        }

        foreach (var input in given.Datasets.DistinctBy(static input => (input.Name, input.Digest)))
        {
            Try(of, problems, () => RunInputs.Add(session, run, input, renew: true));
        }

        return run;
    }

    /// <summary>What cannot be kept is told; the rest is not worth less for it.</summary>
    private static void Try(string of, List<string> problems, Action write)
    {
        try
        {
            write();
        }
        catch (StatusException error)
        {
            problems.Add($"{of}: {error.Message}");
        }
    }

    private async Task<LoggedPoint[]> PointsAsync(RunImportRequest request, List<string> problems, CancellationToken cancellation)
    {
        var series = request
            .Metrics.Where(metric =>
            {
                try
                {
                    RunFields.CheckKey(metric.Name, "metric");
                    return true;
                }
                catch (StatusException error)
                {
                    problems.Add($"Run '{request.RunId}': {error.Message}");
                    return false;
                }
            })
            .ToList();
        if (series.Find(static metric => metric.Times.Any(static time => !RunTimes.IsDate(time / 1_000))) is { } undated)
        {
            throw StatusException.InvalidArgument(
                $"The metric '{undated.Name}' has a time that does not lie in the years 1 to 9999; times are microseconds since 1970."
            );
        }

        if (
            series.Find(static metric => metric.Steps.Count != metric.Values.Count || metric.Times.Count != metric.Values.Count) is
            { } uneven
        )
        {
            throw StatusException.InvalidArgument(
                $"The metric '{uneven.Name}' has {uneven.Steps.Count} steps, {uneven.Times.Count} times and {uneven.Values.Count} values; it must have as many of each."
            );
        }

        var numbers = await keys.InternAsync(series.Select(static metric => metric.Name), cancellation);
        return
        [
            .. series.SelectMany(metric =>
                metric.Values.Select(
                    (value, i) => new LoggedPoint(numbers[metric.Name], new MetricPoint(metric.Steps[i], metric.Times[i], value))
                )
            ),
        ];
    }

    /// <summary>
    /// Whether a text is a number to those who read numbers. A whole one that a double would round stays text, and keeps its digits.
    /// </summary>
    private static bool IsNumber(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
        && (Math.Abs(number) <= MaxExact || value.AsSpan().IndexOfAny('.', 'e', 'E') >= 0);
}
