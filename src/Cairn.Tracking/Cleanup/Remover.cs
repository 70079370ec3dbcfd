using System.Globalization;
using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Models.Registered;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Cleanup;

/// <summary>
/// Removes for good the runs, logged models and experiments of a location that were deleted long enough ago, with their metrics and files.
/// What is active is never touched, and whether it is, is asked again in the transaction that removes it. A run that a registered version
/// was made from stays: its files are the version's.
/// </summary>
public sealed class Remover(
    IDatabase database,
    RunStore runs,
    ExperimentStore experiments,
    LoggedModelStore models,
    NamedVersions registered,
    RemovedFolders folders,
    TimeProvider time
)
{
    private const int PageSize = 50;

    /// <summary>Removes a page of runs; with the last one, models and experiments too. May be repeated and broken off.</summary>
    public async Task<RemovalReport> RemoveAsync(string project, string location, RemovalRequest request, CancellationToken cancellation)
    {
        var before = time.GetUtcNow().ToUnixTimeMilliseconds() - (long)(request.OlderThanSeconds!.Value * 1_000);
        var after = Position(request.PageToken);
        var page = await database.ReadAsync(
            session => runs.DeletedBefore(session, project, location, before, PageSize, after),
            cancellation
        );
        var isLast = page.Count < PageSize;
        var report = await RunsAsync(project, page, before, request.DryRun, cancellation);
        if (isLast)
        {
            report = await ModelsAsync(project, location, before, request.DryRun, report, cancellation);
            report = report with
            {
                Experiments = await ExperimentsAsync(project, location, before, request.DryRun, report.Kept, cancellation),
            };
        }

        if (!request.DryRun)
        {
            var (files, bytes) = await folders.EmptyAsync(project, cancellation);
            report = report with { Files = files, Bytes = bytes };
        }

        return isLast ? report : report with { NextPageToken = page[^1].Id.ToString(CultureInfo.InvariantCulture) };
    }

    private async Task<RemovalReport> RunsAsync(
        string project,
        IReadOnlyList<Run> page,
        long before,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        var (removed, kept) = (new List<Removed>(), new List<Kept>());
        var (files, bytes) = (0L, 0L);
        foreach (var run in page)
        {
            var folder = await folders.FindAsync(project, run.ArtifactUri, run.Uuid, cancellation);
            if (dryRun && folder is { } measured)
            {
                var (count, size) = await folders.MeasureAsync(measured, cancellation);
                (files, bytes) = (files + count, bytes + size);
            }

            var (done, version) = dryRun
                ? await database.ReadAsync(session => Remove(session, run, before, folder: null, dryRun), cancellation)
                : await database.WriteAsync(session => Remove(session, run, before, folder, dryRun), cancellation);
            if (done is not null)
            {
                removed.Add(done);
            }
            else if (version is not null)
            {
                kept.Add(new Kept(run.Uuid, run.Name, $"{version} was registered from it; delete the version first."));
            }
        }

        return new RemovalReport
        {
            Runs = removed,
            Kept = kept,
            Files = files,
            Bytes = bytes,
        };
    }

    /// <summary>
    /// Removes a run that is still to be removed; else says which registered version holds it, or nothing where it has been restored.
    /// </summary>
    private (Removed? Done, string? Version) Remove(ISqlSession session, Run known, long before, GsUri? folder, bool dryRun)
    {
        if (
            runs.Find(session, known.Uuid) is not { Stage: Lifecycle.Deleted } run
            || experiments.Find(session, run.Experiment) is not { } experiment
        )
        {
            return (null, null);
        }

        var deleted = run.Deleted ?? run.Updated;
        if (deleted > before)
        {
            return (null, null);
        }

        if (RegisteredVersion(session, run.Uuid) is { } version)
        {
            return (null, version);
        }

        if (!dryRun)
        {
            if (folder is { } emptied)
            {
                RemovedFolders.Add(session, experiment.Project, emptied);
            }

            runs.Remove(session, run);
        }

        return (new Removed(run.Uuid, run.Name, experiment.Name, DateTimeOffset.FromUnixTimeMilliseconds(deleted)), null);
    }

    private async Task<RemovalReport> ModelsAsync(
        string project,
        string location,
        long before,
        bool dryRun,
        RemovalReport report,
        CancellationToken cancellation
    )
    {
        var removed = new List<Removed>();
        var kept = report.Kept.ToList();
        var (files, bytes) = (report.Files, report.Bytes);
        foreach (
            var (known, experiment) in await database.ReadAsync(
                session => models.DeletedBefore(session, project, location, before),
                cancellation
            )
        )
        {
            var folder = await folders.FindAsync(project, known.ArtifactUri, known.ModelId, cancellation);
            var version = await database.ReadAsync(session => RegisteredVersion(session, known.ModelId), cancellation);
            if (version is not null)
            {
                kept.Add(new Kept(known.ModelId, known.Name, $"{version} was registered from it; delete the version first."));
                continue;
            }

            if (dryRun && folder is { } measured)
            {
                var (count, size) = await folders.MeasureAsync(measured, cancellation);
                (files, bytes) = (files + count, bytes + size);
            }
            else if (!dryRun)
            {
                var gone = await database.WriteAsync(
                    session =>
                    {
                        if (models.DeletedBefore(session, project, location, before).All(item => item.Model.Id != known.Id))
                        {
                            // Its experiment was restored meanwhile.
                            return false;
                        }

                        if (folder is { } emptied)
                        {
                            RemovedFolders.Add(session, project, emptied);
                        }

                        return models.Remove(session, known);
                    },
                    cancellation
                );
                if (!gone)
                {
                    continue;
                }
            }

            removed.Add(new Removed(known.ModelId, known.Name, experiment, DateTimeOffset.FromUnixTimeMilliseconds(known.Updated)));
        }

        return report with
        {
            Models = removed,
            Kept = kept,
            Files = files,
            Bytes = bytes,
        };
    }

    /// <summary>Experiments go once nothing of theirs is kept, has been restored, or was deleted later.</summary>
    private async Task<IReadOnlyList<Removed>> ExperimentsAsync(
        string project,
        string location,
        long before,
        bool dryRun,
        IReadOnlyList<Kept> kept,
        CancellationToken cancellation
    )
    {
        var removed = new List<Removed>();
        var all = await database.ReadAsync(session => experiments.All(session, project, location), cancellation);
        foreach (var known in all.Where(experiment => IsDue(experiment, before)))
        {
            var (holding, isUsed) = await database.ReadAsync(
                session =>
                {
                    var held = runs.OfExperiment(session, known.Id);
                    return (
                        held.Select(static run => run.Uuid).Concat(models.OfExperiment(session, known.Id)).ToList(),
                        held.Any(run => run.Stage == Lifecycle.Active || run.Deleted > before)
                    );
                },
                cancellation
            );
            if (isUsed || holding.Any(id => kept.Any(item => item.Id == id)))
            {
                continue;
            }

            var done =
                dryRun
                || await database.WriteAsync(
                    session =>
                    {
                        // Restored meanwhile, or with a run or model that another page is to remove.
                        if (
                            experiments.Find(session, known.Id) is not { } now
                            || !IsDue(now, before)
                            || runs.OfExperiment(session, now.Id, limit: 1).Count > 0
                            || models.OfExperiment(session, now.Id).Count > 0
                        )
                        {
                            return false;
                        }

                        experiments.Remove(session, now);
                        return true;
                    },
                    cancellation
                );
            if (done)
            {
                removed.Add(
                    new Removed(
                        known.Id.ToString(CultureInfo.InvariantCulture),
                        known.Name,
                        known.Name,
                        DateTimeOffset.FromUnixTimeMilliseconds(known.Updated)
                    )
                );
            }
        }

        return removed;
    }

    private static bool IsDue(Experiment experiment, long before) => experiment.Stage == Lifecycle.Deleted && experiment.Updated <= before;

    /// <summary>A registered version whose files are those of a run or logged model.</summary>
    private string? RegisteredVersion(ISqlSession session, string id) =>
        registered.FindByOrigin(session, id) is { } version ? $"Version {version.Version} of model '{version.Name}'" : null;

    private static long Position(string? token) =>
        string.IsNullOrEmpty(token) ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
        : throw StatusException.InvalidArgument("The page token is not one that a removal returned.");
}
