using System.Data.Common;
using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Tracking.Runs;

/// <summary>Experiments and their tags. All members take part in the caller's transaction.</summary>
public sealed class ExperimentStore(IEnumerable<IRunObserver> observers, TimeProvider time)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxName = 500;

    /// <summary>The longest value of a tag, in characters.</summary>
    public const int MaxTagValue = 5_000;

    private const string Columns = "id, project, location, slug, name, artifact_location, stage, created, updated, tensorboard";

    private readonly IRunObserver[] _observers = [.. observers];

    /// <exception cref="StatusException">ALREADY_EXISTS for a name or slug that is taken, also by one that was deleted softly.</exception>
    public Experiment Create(ISqlSession session, NewExperiment given)
    {
        var name = given.Name ?? given.Slug ?? throw StatusException.InvalidArgument("An experiment needs a name.");
        CheckName(name);
        if (FindByName(session, given.Project, given.Location, name) is { } taken)
        {
            if (given.Slug is null || given.Name is null || taken.Slug == given.Slug)
            {
                throw Exists(taken);
            }

            // Display names may repeat in Vertex, names may not in MLflow: the second one is called by its id, or like it where another is
            // called that.
            name = Slugs.Free(given.Slug, null, other => FindByName(session, given.Project, given.Location, other) is not null);
        }

        var slug = given.Slug is { } own ? Slugs.Check(own, "experiment") : FreeSlug(session, given, name);
        if (FindBySlug(session, given.Project, given.Location, slug) is { } other)
        {
            throw Exists(other);
        }

        var now = Now();
        var id = session.QueryFirst(
            given.Id is null
                ? "INSERT INTO experiments (project, location, slug, name, artifact_location, stage, created, updated, tensorboard) VALUES ($1, $2, $3, $4, $5, 0, $6, $6, $7) RETURNING id"
                : "INSERT INTO experiments (project, location, slug, name, artifact_location, stage, created, updated, tensorboard, id) VALUES ($1, $2, $3, $4, $5, 0, $6, $6, $7, $8) RETURNING id",
            static row => row.GetInt64(0),
            given.Id is { } fixedId
                ? [given.Project, given.Location, slug, name, given.ArtifactLocation ?? "", now, given.Tensorboard, fixedId]
                : [given.Project, given.Location, slug, name, given.ArtifactLocation ?? "", now, given.Tensorboard]
        );
        var location = given.ArtifactLocation ?? "mlflow-artifacts:/" + id.ToString(CultureInfo.InvariantCulture);
        session.Execute("UPDATE experiments SET artifact_location = $2 WHERE id = $1", id, location);
        var made = Find(session, id)!;
        foreach (var (key, value) in given.Tags)
        {
            SetTag(session, made, key, value);
        }

        foreach (var observer in _observers)
        {
            observer.ExperimentCreated(session, made);
        }

        return made;
    }

    public Experiment? Find(ISqlSession session, long id) =>
        session.QueryFirst($"SELECT {Columns} FROM experiments WHERE id = $1", Read, id);

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Experiment Get(ISqlSession session, long id) =>
        Find(session, id) ?? throw StatusException.NotFound($"No Experiment with id={id} exists");

    public Experiment? FindByName(ISqlSession session, string project, string location, string name) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM experiments WHERE project = $1 AND location = $2 AND name = $3",
            Read,
            project,
            location,
            name
        );

    public Experiment? FindBySlug(ISqlSession session, string project, string location, string slug) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM experiments WHERE project = $1 AND location = $2 AND slug = $3",
            Read,
            project,
            location,
            slug
        );

    /// <summary>Every experiment of a location whose slug a context's id may begin with, longest first: <c>{slug}-{run slug}</c>.</summary>
    public IReadOnlyList<Experiment> PrefixesOf(ISqlSession session, string project, string location, string contextId)
    {
        var found = new List<Experiment>();
        for (var end = contextId.LastIndexOf('-'); end > 0; end = contextId.LastIndexOf('-', end - 1))
        {
            if (FindBySlug(session, project, location, contextId[..end]) is { } experiment)
            {
                found.Add(experiment);
            }
        }

        return found;
    }

    public Experiment Rename(ISqlSession session, Experiment experiment, string name)
    {
        CheckName(name);
        if (FindByName(session, experiment.Project, experiment.Location, name) is { } taken && taken.Id != experiment.Id)
        {
            throw Exists(taken);
        }

        return Change(session, experiment, experiment with { Name = name });
    }

    /// <summary>
    /// Deletes softly, with the experiment's runs, or restores, with those runs that were deleted with it: not those that had been before.
    /// </summary>
    public Experiment SetStage(ISqlSession session, Experiment experiment, Lifecycle stage)
    {
        if (stage == Lifecycle.Active)
        {
            // Before the experiment changes, so that those who are told of it find its runs as they will be.
            session.Execute(
                "UPDATE runs SET stage = 0, deleted = NULL, with_experiment = 0, updated = $2 WHERE experiment = $1 AND with_experiment = 1",
                experiment.Id,
                Now()
            );
        }

        var after = Change(session, experiment, experiment with { Stage = stage });
        if (stage == Lifecycle.Deleted)
        {
            session.Execute(
                "UPDATE runs SET stage = 1, deleted = $2, with_experiment = 1, updated = $2 WHERE experiment = $1 AND stage = 0",
                after.Id,
                after.Updated
            );
        }

        return after;
    }

    /// <summary>Gives a deleted experiment another id and name, so that a new one can have those it had.</summary>
    public void Vacate(ISqlSession session, Experiment deleted)
    {
        var suffix = deleted.Id.ToString(CultureInfo.InvariantCulture);
        var slug = Slugs.Free(deleted.Slug, suffix, other => FindBySlug(session, deleted.Project, deleted.Location, other) is not null);
        var name = $"{deleted.Name}-{suffix}";
        if (Characters.Count(name) > MaxName || FindByName(session, deleted.Project, deleted.Location, name) is not null)
        {
            name = Slugs.Free(slug, null, other => FindByName(session, deleted.Project, deleted.Location, other) is not null);
        }

        session.Execute("UPDATE experiments SET slug = $2, name = $3 WHERE id = $1 AND stage = 1", deleted.Id, slug, name);
    }

    public Experiment SetTensorboard(ISqlSession session, Experiment experiment, string? tensorboard) =>
        Change(session, experiment, experiment with { Tensorboard = tensorboard });

    /// <exception cref="StatusException">INVALID_ARGUMENT for a name or value that is too long, or a name that cannot be one.</exception>
    public void SetTag(ISqlSession session, Experiment experiment, string key, string value)
    {
        RunFields.CheckTag(key, value, MaxTagValue);
        session.Execute(
            "INSERT INTO experiment_tags (experiment, key, value) VALUES ($1, $2, $3) ON CONFLICT (experiment, key) DO UPDATE SET value = excluded.value",
            experiment.Id,
            key,
            value
        );
    }

    public bool DeleteTag(ISqlSession session, Experiment experiment, string key) =>
        session.Execute("DELETE FROM experiment_tags WHERE experiment = $1 AND key = $2", experiment.Id, key) > 0;

    /// <summary>Tags by the experiment that has them.</summary>
    public ILookup<long, KeyValuePair<string, string>> Tags(ISqlSession session, IEnumerable<Experiment> experiments) =>
        session
            .Query(
                $"SELECT experiment, key, value FROM experiment_tags WHERE experiment IN ({IdList.Sql(session.Dialect)}) ORDER BY experiment, key",
                static row => (Experiment: row.GetInt64(0), Tag: KeyValuePair.Create(row.GetString(1), row.GetString(2))),
                IdList.Argument(experiments.Select(static experiment => experiment.Id))
            )
            .ToLookup(static row => row.Experiment, static row => row.Tag);

    /// <summary>Every experiment of a location, in the order of creation.</summary>
    public IReadOnlyList<Experiment> All(ISqlSession session, string project, string location) =>
        session.Query($"SELECT {Columns} FROM experiments WHERE project = $1 AND location = $2 ORDER BY id", Read, project, location);

    /// <summary>Removes for good an experiment whose runs have been removed.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION where it has runs.</exception>
    public void Remove(ISqlSession session, Experiment experiment)
    {
        if (session.QueryFirst("SELECT 1 FROM runs WHERE experiment = $1", static row => true, experiment.Id))
        {
            throw StatusException.FailedPrecondition($"Experiment '{experiment.Name}' still has runs; remove them first.");
        }

        session.Execute("DELETE FROM experiment_tags WHERE experiment = $1", experiment.Id);
        session.Execute("DELETE FROM experiments WHERE id = $1", experiment.Id);
        foreach (var observer in _observers)
        {
            observer.ExperimentRemoved(session, experiment);
        }
    }

    /// <summary>Notes that something in the experiment has changed.</summary>
    public void Touch(ISqlSession session, long experiment) =>
        session.Execute("UPDATE experiments SET updated = $2 WHERE id = $1", experiment, Now());

    internal static Experiment Read(DbDataReader row) =>
        new()
        {
            Id = row.GetInt64(0),
            Project = row.GetString(1),
            Location = row.GetString(2),
            Slug = row.GetString(3),
            Name = row.GetString(4),
            ArtifactLocation = row.GetString(5),
            Stage = (Lifecycle)row.GetInt64(6),
            Created = row.GetInt64(7),
            Updated = row.GetInt64(8),
            Tensorboard = row.IsDBNull(9) ? null : row.GetString(9),
        };

    private static void CheckName(string name)
    {
        if (Characters.Count(name) is var length && (length > MaxName || string.IsNullOrWhiteSpace(name)))
        {
            throw StatusException.InvalidArgument(
                $"The experiment's name has {length} characters; it must have 1 to {MaxName}, not all of them blank."
            );
        }
    }

    private static StatusException Exists(Experiment taken) =>
        StatusException.AlreadyExists(
            taken.Stage == Lifecycle.Active
                ? $"Experiment(name={taken.Name}) already exists."
                : $"Experiment(name={taken.Name}) already exists in deleted state. Restore it, or remove it for good ('cairn gc'), to use the name again."
        );

    private Experiment Change(ISqlSession session, Experiment before, Experiment wanted)
    {
        var after = wanted with { Updated = Now() };
        session.Execute(
            "UPDATE experiments SET name = $2, stage = $3, updated = $4, tensorboard = $5 WHERE id = $1",
            after.Id,
            after.Name,
            (long)after.Stage,
            after.Updated,
            after.Tensorboard
        );
        foreach (var observer in _observers)
        {
            observer.ExperimentChanged(session, before, after);
        }

        return after;
    }

    private string FreeSlug(ISqlSession session, NewExperiment given, string name) =>
        Slugs.Free(Slugs.Of(name, "experiment"), null, slug => FindBySlug(session, given.Project, given.Location, slug) is not null);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
