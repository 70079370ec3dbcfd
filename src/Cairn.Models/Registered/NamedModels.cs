using System.Data.Common;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Models.Names;

namespace Cairn.Models.Registered;

/// <summary>The rows of models by their names, inside a transaction.</summary>
public sealed class NamedModels(TimeProvider time)
{
    private const string Columns = "m.id, m.project, m.location, m.name, m.resource, m.description, m.created, m.updated, m.default_alias";

    public NamedModel? Find(ISqlSession session, LocationName parent, string name) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM registered_models m WHERE m.project = $1 AND m.location = $2 AND m.name = $3",
            Read,
            parent.Project,
            parent.Location,
            name
        );

    /// <summary>The name of a resource, which need not be there yet.</summary>
    public NamedModel? FindByResource(ISqlSession session, string resource) =>
        session.QueryFirst($"SELECT {Columns} FROM registered_models m WHERE m.resource = $1", Read, resource);

    /// <summary>
    /// Models whose rows satisfy a condition. The condition's and the order's text are the caller's: constant, with <c>m</c> for the table, and
    /// arguments for values.
    /// </summary>
    public IReadOnlyList<NamedModel> Query(ISqlSession session, string condition, string order, object?[] arguments) =>
        session.Query($"SELECT {Columns} FROM registered_models m WHERE {condition} ORDER BY {order}", Read, arguments);

    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no name; ALREADY_EXISTS.</exception>
    internal NamedModel Insert(ISqlSession session, LocationName parent, string name, string resource, string description)
    {
        RequireFree(session, parent, name);
        session.Execute(
            "INSERT INTO registered_models (project, location, name, resource, description, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $6)",
            parent.Project,
            parent.Location,
            name,
            resource,
            description,
            Now()
        );
        return Find(session, parent, name)!;
    }

    /// <summary>Gives a model that came without a name one of its display name, or of its ID where that is taken or cannot be one.</summary>
    internal NamedModel Adopt(ISqlSession session, ModelName resource, string displayName) =>
        Insert(session, resource.Parent, Free(session, resource, displayName), resource.Model, "");

    /// <summary>Has the name follow a new display name; it stays where it says the same already.</summary>
    internal void Follow(ISqlSession session, ModelName resource, string displayName)
    {
        if (FindByResource(session, resource.Model) is { } known && ModelHandles.DisplayName(known.Name) != displayName)
        {
            Write(session, known with { Name = Free(session, resource, displayName) });
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no name; ALREADY_EXISTS.</exception>
    internal void Rename(ISqlSession session, NamedModel model, string name)
    {
        if (model.Name != name)
        {
            RequireFree(session, new LocationName(model.Project, model.Location), name);
        }

        Write(session, model with { Name = name });
    }

    /// <summary>Writes the description of a model that has no version.</summary>
    internal void Describe(ISqlSession session, NamedModel model, string description) =>
        Write(session, model with { Description = description });

    internal void SetHasDefault(ISqlSession session, NamedModel model, bool has) =>
        session.Execute("UPDATE registered_models SET default_alias = $2 WHERE id = $1", model.Id, has);

    /// <summary>Says that the model, or something that belongs to it, has changed now.</summary>
    internal void Touch(ISqlSession session, string resource) =>
        session.Execute("UPDATE registered_models SET updated = $2 WHERE resource = $1", resource, Now());

    /// <summary>Takes the name away, with all that is kept under it: who takes it again begins anew, with version 1.</summary>
    internal void Delete(ISqlSession session, NamedModel model)
    {
        session.Execute("DELETE FROM registered_model_tags WHERE model = $1", model.Id);
        session.Execute("DELETE FROM registered_version_tags WHERE model = $1", model.Id);
        session.Execute("DELETE FROM registered_versions WHERE model = $1", model.Id);
        session.Execute("DELETE FROM registered_models WHERE id = $1", model.Id);
        session.Execute("DELETE FROM model_counters WHERE model = $1", model.Resource);
    }

    private string Free(ISqlSession session, ModelName resource, string displayName) =>
        ModelHandles
            .Candidates(displayName, resource.Id)
            .First(name => Find(session, resource.Parent, name) is not { } other || other.Resource == resource.Model);

    private void RequireFree(ISqlSession session, LocationName parent, string name)
    {
        ModelHandles.Check(name);
        if (Find(session, parent, name) is not null)
        {
            throw StatusException.AlreadyExists($"Registered Model (name={name}) already exists.");
        }
    }

    private void Write(ISqlSession session, NamedModel model) =>
        session.Execute(
            "UPDATE registered_models SET name = $2, description = $3, updated = $4 WHERE id = $1",
            model.Id,
            model.Name,
            model.Description,
            Now()
        );

    private static NamedModel Read(DbDataReader row) =>
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

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
