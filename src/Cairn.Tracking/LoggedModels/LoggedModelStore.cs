using System.Data.Common;
using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Logged models: made, found, finished, deleted softly. All members take part in the caller's transaction.</summary>
public sealed class LoggedModelStore(IIdSource ids, TimeProvider time)
{
    internal const string Columns =
        "m.id, m.model_id, m.experiment, m.name, m.model_type, m.source_run, m.artifact_uri, m.status, m.stage, m.created, m.updated";

    /// <summary>The tables whose column <c>model</c> is a row of <c>logged_models</c>.</summary>
    internal static readonly string[] TablesOfModel = ["logged_model_params", "logged_model_tags", "logged_model_metrics", "run_models"];

    private const int MaxName = 500;

    /// <summary>What MLflow keeps out of names, because <c>models:/</c> addresses and files are made of them.</summary>
    private const string BadInName = "/:.%\"'";

    /// <exception cref="StatusException">INVALID_ARGUMENT for a name, parameter or tag that cannot be kept, and in a deleted
    /// experiment.</exception>
    public LoggedModel Create(ISqlSession session, Experiment experiment, NewLoggedModel given)
    {
        if (experiment.Stage != Lifecycle.Active)
        {
            throw StatusException.InvalidArgument(
                $"The experiment {experiment.Id} must be in the 'active' state. Current state is deleted."
            );
        }

        CheckName(given.Name);
        CheckLength("model_type", given.Type);
        CheckLength("source_run_id", given.SourceRun);
        var id = given.ModelId ?? "m-" + ids.NextHex();
        if (IdIn(id) is null)
        {
            throw StatusException.InvalidArgument(
                $"The id of the logged model is '{id}'; it must be m- and 32 lower-case hexadecimal digits."
            );
        }

        var location =
            experiment.ArtifactLocation.Length == 0
                ? "mlflow-artifacts:/" + experiment.Id.ToString(CultureInfo.InvariantCulture)
                : experiment.ArtifactLocation.TrimEnd('/');
        session.Execute(
            "INSERT INTO logged_models (model_id, experiment, name, model_type, source_run, artifact_uri, status, stage, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)",
            id,
            experiment.Id,
            given.Name.Length > 0 ? given.Name : RunNames.Of(id[2..]),
            given.Type,
            given.SourceRun,
            $"{location}/models/{id}/artifacts",
            (long)LoggedModelStatus.Pending,
            given.Created ?? Now()
        );
        var model = Find(session, id)!;
        LoggedModelFields.SetParams(session, model, given.Params);
        LoggedModelFields.SetTags(session, model, given.Tags);
        return model;
    }

    /// <summary>The logged model in whose folder an artifact address is, or null.</summary>
    public static string? IdIn(string uri) =>
        uri.Split('/')
            .FirstOrDefault(static part =>
                part.Length == 34
                && part.StartsWith("m-", StringComparison.Ordinal)
                && part.AsSpan(2).IndexOfAnyExcept("0123456789abcdef") < 0
            );

    /// <summary>A model, also one that is deleted; or null.</summary>
    public LoggedModel? Find(ISqlSession session, string modelId) =>
        session.QueryFirst($"SELECT {Columns} FROM logged_models m WHERE m.model_id = $1", Read, modelId);

    /// <summary>Says whether the files are there.</summary>
    public LoggedModel SetStatus(ISqlSession session, LoggedModel model, LoggedModelStatus status) =>
        Change(session, model with { Status = status });

    /// <summary>Deletes softly; again, it changes nothing.</summary>
    public LoggedModel Delete(ISqlSession session, LoggedModel model) =>
        model.Stage == Lifecycle.Deleted ? model : Change(session, model with { Stage = Lifecycle.Deleted });

    /// <summary>Notes that something of the model has changed.</summary>
    public LoggedModel Touch(ISqlSession session, LoggedModel model) => Change(session, model);

    /// <summary>
    /// Models of a location that were deleted softly before a time (ms), by themselves or with their experiment, each with its experiment's
    /// name. An experiment in which a run has been
    /// restored keeps its models.
    /// </summary>
    public IReadOnlyList<(LoggedModel Model, string Experiment)> DeletedBefore(
        ISqlSession session,
        string project,
        string location,
        long before
    ) =>
        session.Query(
            $"SELECT {Columns}, e.name FROM logged_models m JOIN experiments e ON e.id = m.experiment WHERE e.project = $1 AND e.location = $2 "
                + "AND ((m.stage = 1 AND m.updated <= $3) "
                + "OR (e.stage = 1 AND e.updated <= $3 AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.experiment = e.id AND r.stage = 0))) ORDER BY m.id",
            static row => (Read(row), row.GetString(11)),
            project,
            location,
            before
        );

    /// <summary>The ids of an experiment's models, also of those that are deleted.</summary>
    public IReadOnlyList<string> OfExperiment(ISqlSession session, long experiment) =>
        session.Query("SELECT model_id FROM logged_models WHERE experiment = $1 ORDER BY id", static row => row.GetString(0), experiment);

    /// <summary>Removes a model and all that is said of it, for good.</summary>
    public bool Remove(ISqlSession session, LoggedModel model)
    {
        foreach (var table in TablesOfModel)
        {
            session.Execute($"DELETE FROM {table} WHERE model = $1", model.Id);
        }

        return session.Execute("DELETE FROM logged_models WHERE id = $1", model.Id) > 0;
    }

    internal static LoggedModel Read(DbDataReader row) =>
        new()
        {
            Id = row.GetInt64(0),
            ModelId = row.GetString(1),
            Experiment = row.GetInt64(2),
            Name = row.GetString(3),
            Type = row.GetString(4),
            SourceRun = row.GetString(5),
            ArtifactUri = row.GetString(6),
            Status = (LoggedModelStatus)row.GetInt64(7),
            Stage = (Lifecycle)row.GetInt64(8),
            Created = row.GetInt64(9),
            Updated = row.GetInt64(10),
        };

    private static void CheckName(string name)
    {
        CheckLength("name", name);
        if (name.AsSpan().IndexOfAny(BadInName) >= 0)
        {
            throw StatusException.InvalidArgument(
                $"Invalid model name ('{name}') provided. Model name must be a non-empty string and cannot contain the following characters: / : . % \" '"
            );
        }
    }

    private static void CheckLength(string what, string text)
    {
        if (Characters.Count(text) is > MaxName and var length)
        {
            throw StatusException.InvalidArgument($"The {what} of the logged model has {length} characters; at most {MaxName} are kept.");
        }
    }

    private LoggedModel Change(ISqlSession session, LoggedModel wanted)
    {
        var after = wanted with { Updated = Now() };
        session.Execute(
            "UPDATE logged_models SET status = $2, stage = $3, updated = $4 WHERE id = $1",
            after.Id,
            (long)after.Status,
            (long)after.Stage,
            after.Updated
        );
        return after;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
