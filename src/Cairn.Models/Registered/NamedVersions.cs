using System.Data.Common;
using Cairn.Kernel.Database;

namespace Cairn.Models.Registered;

/// <summary>The rows of versions: their stages, and what they were registered from. Inside a transaction.</summary>
public sealed class NamedVersions(TimeProvider time)
{
    private const string Columns =
        "v.model, m.name, m.resource, m.default_alias, v.version, v.stage, v.source, v.run, v.run_link, v.user_id, v.location, v.model_id, "
        + "v.created, v.updated";

    /// <summary>The versions of a model, the oldest first.</summary>
    public IReadOnlyList<NamedVersion> Of(ISqlSession session, NamedModel model) => Query(session, "v.model = $1", "v.version", [model.Id]);

    public NamedVersion? Find(ISqlSession session, NamedModel model, long number) =>
        Query(session, "v.model = $1 AND v.version = $2", "v.version", [model.Id, number]).FirstOrDefault();

    public NamedVersion? Newest(ISqlSession session, NamedModel model) =>
        Query(session, "v.model = $1", "v.version DESC LIMIT 1", [model.Id]).FirstOrDefault();

    /// <summary>
    /// Versions whose rows satisfy a condition. The condition's and the order's text are the caller's: constant, with <c>v</c> for the table
    /// and <c>m</c> for their models', and arguments for values.
    /// </summary>
    public IReadOnlyList<NamedVersion> Query(ISqlSession session, string condition, string order, object?[] arguments) =>
        session.Query(
            $"SELECT {Columns} FROM registered_versions v JOIN registered_models m ON m.id = v.model WHERE {condition} ORDER BY {order}",
            Read,
            arguments
        );

    /// <summary>One version whose files are those of a run or a logged model, wherever its source names it; or null.</summary>
    /// <param name="id">The run's or the logged model's ID.</param>
    public NamedVersion? FindByOrigin(ISqlSession session, string id) =>
        Query(session, "(v.run = $1 OR v.source LIKE $2 OR v.location LIKE $2)", "m.name, v.version LIMIT 1", [id, $"%{id}%"])
            .FirstOrDefault();

    internal void Insert(ISqlSession session, NamedModel model, long number, RegistrationOrigin origin) =>
        session.Execute(
            "INSERT INTO registered_versions (model, version, stage, source, run, run_link, user_id, location, model_id, created, updated) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
            model.Id,
            number,
            ModelStages.None,
            origin.Source,
            origin.Run,
            origin.RunLink,
            origin.User,
            origin.Location,
            origin.ModelId,
            Now()
        );

    internal void SetStage(ISqlSession session, NamedVersion version, string stage) =>
        session.Execute(
            "UPDATE registered_versions SET stage = $3, updated = $4 WHERE model = $1 AND version = $2",
            version.Model,
            version.Version,
            stage,
            Now()
        );

    /// <summary>Says that a version has changed now; its model's own time stays.</summary>
    internal void Touch(ISqlSession session, string resource, long number) =>
        session.Execute(
            "UPDATE registered_versions SET updated = $3 WHERE model = (SELECT id FROM registered_models WHERE resource = $1) AND version = $2",
            resource,
            number,
            Now()
        );

    internal void Delete(ISqlSession session, NamedModel model, long number)
    {
        session.Execute("DELETE FROM registered_version_tags WHERE model = $1 AND version = $2", model.Id, number);
        session.Execute("DELETE FROM registered_versions WHERE model = $1 AND version = $2", model.Id, number);
    }

    private static NamedVersion Read(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetString(1),
            row.GetString(2),
            row.GetInt64(3) != 0,
            row.GetInt64(4),
            row.GetString(5),
            new RegistrationOrigin(
                row.GetString(6),
                row.GetString(7),
                row.GetString(8),
                row.GetString(9),
                row.GetString(10),
                row.GetString(11)
            ),
            row.GetInt64(12),
            row.GetInt64(13)
        );

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
