using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Artifacts;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Imports.Door;

/// <summary>
/// Writes logged models that are brought from elsewhere; written again, nothing is there twice. A model that was deleted here stays
/// deleted.
/// </summary>
public sealed class ModelImports(
    IDatabase database,
    ExperimentStore experiments,
    RunStore runs,
    LoggedModelStore models,
    MetricKeys keys,
    RunArtifacts artifacts
)
{
    public async Task<ImportReply> WriteAsync(string project, string location, ModelImportRequest request, CancellationToken cancellation)
    {
        RunTimes.Check(request.Created, "The model's creation");
        RunTimes.Check(request.Updated, "The model's update");
        foreach (var metric in request.Metrics)
        {
            RunFields.CheckKey(metric.Name, "metric");
            RunTimes.Check(metric.Time, $"A time of the metric '{metric.Name}'");
        }

        var numbers = await keys.InternAsync(request.Metrics.Select(static metric => metric.Name), cancellation);
        var problems = new List<string>();
        var (model, experiment, skipped) = await database.WriteAsync(
            session =>
            {
                problems.Clear();
                return Write(session, project, location, request, numbers, problems);
            },
            cancellation
        );
        var folder = await artifacts.FolderAsync(project, model.ArtifactUri, cancellation);
        if (folder is { } kept)
        {
            folder = await artifacts.EnsureAsync(project, kept, cancellation);
        }

        return new ImportReply(
            experiment.Id.ToString(CultureInfo.InvariantCulture),
            experiment.Slug,
            null,
            model.ArtifactUri,
            folder?.ToString(),
            skipped,
            problems
        );
    }

    private (LoggedModel Model, Experiment Experiment, bool Skipped) Write(
        ISqlSession session,
        string project,
        string location,
        ModelImportRequest request,
        IReadOnlyDictionary<string, long> numbers,
        List<string> problems
    )
    {
        var experiment =
            experiments.FindByName(session, project, location, request.Experiment)
            ?? throw StatusException.NotFound($"There is no experiment '{request.Experiment}'; import its runs first.");
        var known = models.Find(session, request.ModelId);
        if (known is not null && known.Experiment != experiment.Id)
        {
            throw StatusException.AlreadyExists($"The logged model '{request.ModelId}' already exists elsewhere on this server.");
        }

        if (known is { Stage: Lifecycle.Deleted })
        {
            return (known, experiment, true);
        }

        var given = new NewLoggedModel(request.Name, request.Type, request.SourceRun, request.Params, request.Tags)
        {
            ModelId = request.ModelId,
            Created = request.Created,
        };
        if (known is null)
        {
            known = models.Create(session, experiment, given);
        }
        else
        {
            LoggedModelFields.SetParams(session, known, request.Params);
            LoggedModelFields.SetTags(session, known, request.Tags);
        }

        foreach (var group in request.Metrics.GroupBy(static metric => metric.RunId))
        {
            if (runs.Find(session, group.Key) is not { } run || experiments.Get(session, run.Experiment).Project != project)
            {
                problems.Add($"The logged model '{request.ModelId}' was measured by the run '{group.Key}', which is not here.");
                continue;
            }

            var points = group
                .Select(metric => new LoggedPoint(numbers[metric.Name], new MetricPoint(metric.Step, metric.Time * 1_000, metric.Value)))
                .ToArray();
            LoggedModelMetrics.Log(
                session,
                run,
                points,
                [.. group.Select((metric, i) => new ModelPoint(i, request.ModelId, metric.DatasetName, metric.DatasetDigest))],
                _ => known
            );
        }

        return (models.SetStatus(session, known, LoggedModelStatusNames.Parse(request.Status)), experiment, false);
    }
}
