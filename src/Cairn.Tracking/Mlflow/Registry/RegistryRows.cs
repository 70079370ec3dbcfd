using System.Data.Common;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>The rows of registered models, their versions and tags.</summary>
internal sealed class RegistryRows(TimeProvider time)
{
    private const string Columns = "m.id, m.project, m.location, m.name, m.resource, m.description, m.created, m.updated, m.default_alias";
    private const string VersionColumns =
        "v.model, m.name, v.version, v.stage, v.description, v.source, v.run, v.run_link, v.user_id, v.created, v.updated, v.location, v.model_id";

    private const int MaxName = 256;
    private const int MaxTagValue = 100_000;

    /// <summary>Whether MLflow could address a model of that name.</summary>
    public static bool IsName(string name) => Characters.Count(name) is > 0 and <= MaxName && name.AsSpan().IndexOfAny('/', ':') < 0;

    public RegisteredName? Find(ISqlSession session, string project, string location, string name) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM mlflow_models m WHERE m.project = $1 AND m.location = $2 AND m.name = $3",
            Read,
            project,
            location,
            name
        );

    public RegisteredName? FindByResource(ISqlSession session, string resource) =>
        session.QueryFirst($"SELECT {Columns} FROM mlflow_models m WHERE m.resource = $1", Read, resource);

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public RegisteredName Get(ISqlSession session, MlflowCall call, string name) =>
        Find(session, call.Project, call.Location, name) ?? throw StatusException.NotFound($"Registered Model with name={name} not found");

    /// <summary>
    /// A page of the location's models whose rows satisfy a condition; the statement's text is the caller's, with <c>m</c> for the table.
    /// </summary>
    public IReadOnlyList<RegisteredName> Query(ISqlSession session, string condition, string order, object?[] arguments) =>
        session.Query($"SELECT {Columns} FROM mlflow_models m WHERE {condition} ORDER BY {order}", Read, arguments);

    public IReadOnlyList<NamedVersion> QueryVersions(ISqlSession session, string condition, string order, object?[] arguments) =>
        session.Query(
            $"SELECT {VersionColumns} FROM mlflow_versions v JOIN mlflow_models m ON m.id = v.model WHERE {condition} ORDER BY {order}",
            ReadVersion,
            arguments
        );

    public RegisteredName Insert(ISqlSession session, string project, string location, string name, string resource, string description)
    {
        CheckName(name);
        if (Find(session, project, location, name) is not null)
        {
            throw StatusException.AlreadyExists($"Registered Model (name={name}) already exists.");
        }

        var now = Now();
        session.Execute(
            "INSERT INTO mlflow_models (project, location, name, resource, description, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $6)",
            project,
            location,
            name,
            resource,
            description,
            now
        );
        return Find(session, project, location, name)!;
    }

    public void Update(ISqlSession session, RegisteredName model)
    {
        CheckName(model.Name);
        session.Execute(
            "UPDATE mlflow_models SET name = $2, description = $3, updated = $4 WHERE id = $1",
            model.Id,
            model.Name,
            model.Description,
            Now()
        );
    }

    public void SetHasDefault(ISqlSession session, RegisteredName model, bool has) =>
        session.Execute("UPDATE mlflow_models SET default_alias = $2 WHERE id = $1", model.Id, has);

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    private static void CheckName(string name)
    {
        if (!IsName(name))
        {
            throw StatusException.InvalidArgument(
                $"Invalid model name: '{name}'. It must have 1 to {MaxName} characters, without '/' and ':', which the addresses of models have between their parts."
            );
        }
    }

    public void Delete(ISqlSession session, RegisteredName model)
    {
        session.Execute("DELETE FROM mlflow_model_tags WHERE model = $1", model.Id);
        session.Execute("DELETE FROM mlflow_version_tags WHERE model = $1", model.Id);
        session.Execute("DELETE FROM mlflow_versions WHERE model = $1", model.Id);
        session.Execute("DELETE FROM mlflow_models WHERE id = $1", model.Id);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the version is no number; NOT_FOUND.</exception>
    public NamedVersion GetVersion(ISqlSession session, RegisteredName model, string version)
    {
        if (!long.TryParse(version, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            throw StatusException.InvalidArgument($"Model version must be an integer, got '{version}'");
        }

        return QueryVersions(session, "v.model = $1 AND v.version = $2", "v.version", [model.Id, number]) is [var found, ..]
            ? found
            : throw StatusException.NotFound($"Model Version (name={model.Name}, version={version}) not found");
    }

    public void InsertVersion(ISqlSession session, NamedVersion version) =>
        session.Execute(
            "INSERT INTO mlflow_versions (model, version, stage, description, source, run, run_link, user_id, created, updated, location, model_id) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11) "
                + "ON CONFLICT (model, version) DO UPDATE SET description = excluded.description, source = excluded.source, run = excluded.run, "
                + "run_link = excluded.run_link, user_id = excluded.user_id, location = excluded.location, model_id = excluded.model_id",
            version.Model,
            version.Version,
            version.Stage,
            version.Description,
            version.Source,
            version.Run,
            version.RunLink,
            version.User,
            Now(),
            version.Location,
            version.ModelId
        );

    /// <summary>Writes the stage and description of a version; the model's own time stays.</summary>
    public void UpdateVersion(ISqlSession session, NamedVersion version) =>
        session.Execute(
            "UPDATE mlflow_versions SET stage = $3, description = $4, updated = $5 WHERE model = $1 AND version = $2",
            version.Model,
            version.Version,
            version.Stage,
            version.Description,
            Now()
        );

    public void DeleteVersion(ISqlSession session, long model, long version)
    {
        session.Execute("DELETE FROM mlflow_version_tags WHERE model = $1 AND version = $2", model, version);
        session.Execute("DELETE FROM mlflow_versions WHERE model = $1 AND version = $2", model, version);
        Touch(session, model);
    }

    public void Touch(ISqlSession session, long model) =>
        session.Execute("UPDATE mlflow_models SET updated = $2 WHERE id = $1", model, Now());

    public void SetTag(ISqlSession session, long model, string key, string value)
    {
        MlflowNames.Check(key, "tag");
        RunFields.CheckTag(key, value, MaxTagValue);
        session.Execute(
            "INSERT INTO mlflow_model_tags (model, key, value) VALUES ($1, $2, $3) ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
            model,
            key,
            value
        );
    }

    public void SetTag(ISqlSession session, NamedVersion version, string key, string value)
    {
        MlflowNames.Check(key, "tag");
        RunFields.CheckTag(key, value, MaxTagValue);
        session.Execute(
            "INSERT INTO mlflow_version_tags (model, version, key, value) VALUES ($1, $2, $3, $4) ON CONFLICT (model, version, key) DO UPDATE SET value = excluded.value",
            version.Model,
            version.Version,
            key,
            value
        );
    }

    public IReadOnlyList<KeyValuePair<string, string>> Tags(ISqlSession session, long model) =>
        session.Query(
            "SELECT key, value FROM mlflow_model_tags WHERE model = $1 ORDER BY key",
            static row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            model
        );

    public IReadOnlyList<KeyValuePair<string, string>> Tags(ISqlSession session, NamedVersion version) =>
        session.Query(
            "SELECT key, value FROM mlflow_version_tags WHERE model = $1 AND version = $2 ORDER BY key",
            static row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            version.Model,
            version.Version
        );

    private static RegisteredName Read(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetString(5),
            row.GetInt64(6),
            row.GetInt64(7),
            row.GetInt64(8) != 0
        );

    private static NamedVersion ReadVersion(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetString(1),
            row.GetInt64(2),
            row.GetString(3),
            row.GetString(4),
            row.GetString(5),
            row.GetString(6),
            row.GetString(7),
            row.GetString(8),
            row.GetInt64(9),
            row.GetInt64(10),
            row.GetString(11),
            row.GetString(12)
        );

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
