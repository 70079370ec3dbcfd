using System.Data.Common;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Time;
using Cairn.Tracking.Runs.Columns;

namespace Cairn.Tracking.Runs;

/// <summary>Runs: made, found, ended, moved, deleted and restored. All members take part in the caller's transaction.</summary>
public sealed class RunStore(ExperimentStore experiments, IEnumerable<IRunObserver> observers, IIdSource ids, TimeProvider time)
{
    internal const string Columns =
        "r.id, r.uuid, r.experiment, r.slug, r.name, r.status, r.started, r.ended, r.created, r.updated, r.user_name, r.artifact_uri, r.stage, r.deleted";

    private const int UuidLength = 32;

    private readonly IRunObserver[] _observers = [.. observers];

    /// <exception cref="StatusException">NOT_FOUND for the experiment; ALREADY_EXISTS for an id or slug that is taken; FAILED_PRECONDITION
    /// in a deleted experiment.</exception>
    public Run Create(ISqlSession session, NewRun given)
    {
        var experiment = experiments.Get(session, given.Experiment);
        if (experiment.Stage != Lifecycle.Active)
        {
            throw StatusException.InvalidArgument(
                $"The experiment {experiment.Id} must be in the 'active' state. Current state is deleted."
            );
        }

        var uuid = given.Uuid ?? ids.NextHex();
        if (uuid.Length != UuidLength || !uuid.All(char.IsAsciiHexDigitLower))
        {
            throw StatusException.InvalidArgument($"The run's id is '{uuid}'; it must be {UuidLength} lower-case hexadecimal digits.");
        }

        if (Find(session, uuid) is not null)
        {
            throw StatusException.AlreadyExists($"Run with id={uuid} already exists.");
        }

        var name = string.IsNullOrEmpty(given.Name) ? given.Slug ?? RunNames.Of(uuid) : given.Name;
        var slug = given.Slug is { } own ? Slugs.Check(own, "run") : FreeSlug(session, experiment.Id, name, uuid);
        if (FindBySlug(session, experiment.Id, slug) is not null)
        {
            throw StatusException.AlreadyExists($"Experiment '{experiment.Name}' has a run '{slug}' already.");
        }

        var now = Now();
        var id = session.QueryFirst(
            "INSERT INTO runs (uuid, experiment, slug, name, status, started, ended, created, updated, user_name, artifact_uri, stage) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, 0) RETURNING id",
            static row => row.GetInt64(0),
            uuid,
            experiment.Id,
            slug,
            name,
            (long)given.Status,
            given.Started ?? now,
            given.Ended,
            now,
            given.User,
            $"{experiment.ArtifactLocation.TrimEnd('/')}/{uuid}/artifacts"
        );
        session.Execute("INSERT INTO metric_logs (run, seq, folded, indexed) VALUES ($1, 0, 0, 0)", id);
        var run = Find(session, uuid)!;
        foreach (var (key, value) in given.Tags)
        {
            RunFields.SetTag(session, run, key, value);
        }

        foreach (var observer in _observers)
        {
            observer.RunCreated(session, experiment, run);
        }

        return run;
    }

    public Run? Find(ISqlSession session, string uuid) => session.QueryFirst($"SELECT {Columns} FROM runs r WHERE r.uuid = $1", Read, uuid);

    /// <summary>Those of the runs that there are, deleted ones too. At most <see cref="SqlLists.MaxItems"/>.</summary>
    public IReadOnlyList<Run> FindMany(ISqlSession session, IReadOnlyCollection<string> uuids) =>
        session.Query($"SELECT {Columns} FROM runs r WHERE r.uuid IN ({SqlLists.Placeholders(uuids.Count)})", Read, [.. uuids]);

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Run Get(ISqlSession session, string uuid) =>
        Find(session, uuid) ?? throw StatusException.NotFound($"Run with id={uuid} not found");

    /// <summary>The run, if it may be written to.</summary>
    /// <exception cref="StatusException">NOT_FOUND; INVALID_ARGUMENT for one that is deleted.</exception>
    public Run GetActive(ISqlSession session, string uuid) =>
        Get(session, uuid) is { Stage: Lifecycle.Active } run
            ? run
            : throw StatusException.InvalidArgument($"The run {uuid} must be in the 'active' state. Current state is deleted.");

    public Run? FindBySlug(ISqlSession session, long experiment, string slug) =>
        session.QueryFirst($"SELECT {Columns} FROM runs r WHERE r.experiment = $1 AND r.slug = $2", Read, experiment, slug);

    /// <summary>
    /// The run of the context <c>{experiment slug}-{run slug}</c>. Where hyphens leave several readings, the longest experiment's wins.
    /// </summary>
    public (Experiment Experiment, Run Run)? FindByContext(ISqlSession session, string project, string location, string contextId)
    {
        foreach (var experiment in experiments.PrefixesOf(session, project, location, contextId))
        {
            if (FindBySlug(session, experiment.Id, contextId[(experiment.Slug.Length + 1)..]) is { } run)
            {
                return (experiment, run);
            }
        }

        return null;
    }

    /// <summary>Runs of an experiment, by slug, after <paramref name="after"/>; at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Run> OfExperiment(ISqlSession session, long experiment, string after = "", int limit = int.MaxValue) =>
        session.Query(
            $"SELECT {Columns} FROM runs r WHERE r.experiment = $1 AND r.slug > $2 ORDER BY r.slug LIMIT $3",
            Read,
            experiment,
            after,
            (long)limit
        );

    /// <summary>How many runs of an experiment are not deleted.</summary>
    public long Count(ISqlSession session, long experiment) =>
        session.QueryFirst("SELECT COUNT(*) FROM runs WHERE experiment = $1 AND stage = 0", static row => row.GetInt64(0), experiment);

    /// <summary>Writes what <paramref name="wanted"/> says of name, status, user, start and end.</summary>
    public Run Update(ISqlSession session, Run before, Run wanted)
    {
        var after = wanted with { Updated = Now() };
        session.Execute(
            "UPDATE runs SET name = $2, status = $3, started = $4, ended = $5, updated = $6, user_name = $7 WHERE id = $1",
            before.Id,
            after.Name,
            (long)after.Status,
            after.Started,
            after.Ended,
            after.Updated,
            after.User
        );
        if (after.Started != before.Started)
        {
            RunColumns.Renew(session, after);
        }

        Changed(session, before, after);
        return after;
    }

    /// <summary>Deletes softly, or restores.</summary>
    public Run SetStage(ISqlSession session, Run before, Lifecycle stage)
    {
        var now = Now();
        var after = before with { Stage = stage, Deleted = stage == Lifecycle.Deleted ? before.Deleted ?? now : null, Updated = now };
        session.Execute(
            "UPDATE runs SET stage = $2, deleted = $3, updated = $4, with_experiment = 0 WHERE id = $1",
            after.Id,
            (long)after.Stage,
            after.Deleted,
            after.Updated
        );
        Changed(session, before, after);
        return after;
    }

    /// <summary>Gives a deleted run another slug, so that a new run can have the one it had.</summary>
    public void Vacate(ISqlSession session, Run deleted) =>
        session.Execute(
            "UPDATE runs SET slug = $2 WHERE id = $1 AND stage = 1",
            deleted.Id,
            Slugs.Free(deleted.Slug, deleted.Uuid[..8], slug => FindBySlug(session, deleted.Experiment, slug) is not null)
        );

    /// <summary>Moves a run, with all that it logged, to another experiment of the same project.</summary>
    public Run Move(ISqlSession session, Run before, Experiment to)
    {
        var from = experiments.Get(session, before.Experiment);
        if (from.Project != to.Project)
        {
            throw StatusException.InvalidArgument(
                $"Run {before.Uuid} is in project '{from.Project}' and cannot be moved to experiment {to.Id} of project '{to.Project}'."
            );
        }

        if (from.Id == to.Id)
        {
            return before;
        }

        var slug = FindBySlug(session, to.Id, before.Slug) is null ? before.Slug : FreeSlug(session, to.Id, before.Name, before.Uuid);
        var after = before with { Experiment = to.Id, Slug = slug, Updated = Now() };
        session.Execute(
            "UPDATE runs SET experiment = $2, slug = $3, updated = $4, with_experiment = 0 WHERE id = $1",
            after.Id,
            after.Experiment,
            after.Slug,
            after.Updated
        );
        RunColumns.Remove(session, before);
        RunColumns.Renew(session, after);
        foreach (var observer in _observers)
        {
            observer.RunMoved(session, from, before, to, after);
        }

        return after;
    }

    /// <summary>Removes a run and all that it logged, for good.</summary>
    public void Remove(ISqlSession session, Run run)
    {
        RunColumns.Remove(session, run);
        foreach (var table in RunTablesOfRun)
        {
            session.Execute($"DELETE FROM {table} WHERE run = $1", run.Id);
        }

        session.Execute("DELETE FROM runs WHERE id = $1", run.Id);
        var experiment = experiments.Get(session, run.Experiment);
        foreach (var observer in _observers)
        {
            observer.RunRemoved(session, experiment, run);
        }
    }

    /// <summary>
    /// Runs of a location that were deleted softly before a time (ms), by themselves or with their experiment, by their rows' ids: at most
    /// <paramref name="limit"/> after a row's id.
    /// </summary>
    public IReadOnlyList<Run> DeletedBefore(ISqlSession session, string project, string location, long before, int limit, long after = 0) =>
        session.Query(
            $"SELECT {Columns} FROM runs r JOIN experiments e ON e.id = r.experiment "
                + "WHERE e.project = $1 AND e.location = $2 AND r.id > $5 AND r.stage = 1 AND r.deleted <= $3 ORDER BY r.id LIMIT $4",
            Read,
            project,
            location,
            before,
            (long)limit,
            after
        );

    internal static Run Read(DbDataReader row) =>
        new()
        {
            Id = row.GetInt64(0),
            Uuid = row.GetString(1),
            Experiment = row.GetInt64(2),
            Slug = row.GetString(3),
            Name = row.GetString(4),
            Status = (RunStatus)row.GetInt64(5),
            Started = row.GetInt64(6),
            Ended = row.IsDBNull(7) ? null : row.GetInt64(7),
            Created = row.GetInt64(8),
            Updated = row.GetInt64(9),
            User = row.GetString(10),
            ArtifactUri = row.GetString(11),
            Stage = (Lifecycle)row.GetInt64(12),
            Deleted = row.IsDBNull(13) ? null : row.GetInt64(13),
        };

    private static readonly string[] RunTablesOfRun =
    [
        "run_params",
        "run_tags",
        "run_metrics",
        "metric_blocks",
        "metric_segments",
        "metric_logs",
        "run_inputs",
    ];

    private void Changed(ISqlSession session, Run before, Run after)
    {
        var experiment = experiments.Get(session, after.Experiment);
        foreach (var observer in _observers)
        {
            observer.RunChanged(session, experiment, before, after);
        }
    }

    private string FreeSlug(ISqlSession session, long experiment, string name, string uuid) =>
        Slugs.Free(Slugs.Of(name, uuid), uuid[..8], slug => FindBySlug(session, experiment, slug) is not null);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
