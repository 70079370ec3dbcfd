using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Time;
using Cairn.Models.Names;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Models.Registered;

/// <summary>
/// Changes of models that have a name of their own, with or without versions. Each takes part in the caller's transaction, and changes name,
/// resource and versions together, so that no door sees anything else than another one does.
/// </summary>
public sealed class RegisteredModels(
    NamedModels names,
    NamedVersions versions,
    VersionRows rows,
    ModelUpdates updates,
    ModelDeletions deletions,
    IIdSource ids
)
{
    /// <summary>Takes a name for a model, whose resource will be there with its first version.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="parent">Where.</param>
    /// <param name="name">The name.</param>
    /// <param name="id">The ID that its resource will have; where it is taken, with a number after it.</param>
    /// <param name="description">May be empty.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no name; ALREADY_EXISTS.</exception>
    public NamedModel Create(ISqlSession session, LocationName parent, string name, string id, string description)
    {
        var resource = $"{parent}/models/{id}";
        var taken = names.FindByResource(session, resource) is not null || rows.FindModel(session, resource) is not null;
        resource = taken ? $"{resource}-{ids.NextNumber()}" : resource;
        return names.Insert(session, parent, name, resource, description);
    }

    /// <summary>Gives a model another name, and the display name that follows from it.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no name; ALREADY_EXISTS.</exception>
    public void Rename(ISqlSession session, NamedModel model, string name)
    {
        names.Rename(session, model, name);
        Change(session, model, new Model { DisplayName = ModelHandles.DisplayName(name) }, "display_name");
    }

    public void Describe(ISqlSession session, NamedModel model, string description)
    {
        if (!Change(session, model, new Model { Description = description }, "description"))
        {
            names.Describe(session, model, description);
        }
    }

    /// <summary>Deletes a model with its versions.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION where it is deployed.</exception>
    public void Delete(ISqlSession session, NamedModel model)
    {
        if (HasVersions(session, model))
        {
            deletions.DeleteModel(session, ModelName.Parse(model.Resource, "name"));
        }
        else
        {
            names.Delete(session, model);
        }
    }

    public void DescribeVersion(ISqlSession session, NamedVersion version, string description)
    {
        var name = version.FullName;
        updates.Update(session, Request(name, new Model { VersionDescription = description }, "version_description"), name);
    }

    /// <summary>
    /// Deletes a version. The default goes to the newest of the others first; the last version takes the resource with it, and leaves the
    /// name.
    /// </summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION where it is deployed.</exception>
    public void DeleteVersion(ISqlSession session, NamedModel model, NamedVersion version)
    {
        var name = version.FullName;
        var others = versions.Of(session, model).Where(other => other.Version != version.Version).ToList();
        if (others.Count == 0)
        {
            deletions.Empty(session, name with { Version = "" });
            return;
        }

        if (rows.GetModel(session, model.Resource).VersionId == name.Version)
        {
            updates.SetDefault(session, model.Resource, Text(others[^1].Version));
            names.SetHasDefault(session, model, false);
        }

        deletions.DeleteVersion(session, name);
    }

    /// <summary>Gives an alias, in any form, to a version, and takes it from the one that had it.</summary>
    public void SetAlias(ISqlSession session, NamedModel model, NamedVersion version, string alias)
    {
        updates.MoveAliases(session, model.Resource, Text(version.Version), [alias], []);
        if (alias == VersionAliases.Default)
        {
            names.SetHasDefault(session, model, true);
        }
    }

    /// <summary>Takes an alias from a version. A model's default stays what it is, and is not told by that name any more.</summary>
    public void RemoveAlias(ISqlSession session, NamedModel model, NamedVersion version, string alias)
    {
        if (alias == VersionAliases.Default)
        {
            names.SetHasDefault(session, model, false);
        }
        else
        {
            updates.MoveAliases(session, model.Resource, Text(version.Version), [], [alias]);
        }
    }

    /// <summary>Puts a version into a stage.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="model">The version's model.</param>
    /// <param name="version">The version.</param>
    /// <param name="stage">One of <see cref="ModelStages"/>.</param>
    /// <param name="archiveOthers">Whether those that are in the stage are archived.</param>
    public void SetStage(ISqlSession session, NamedModel model, NamedVersion version, string stage, bool archiveOthers)
    {
        foreach (
            var other in versions
                .Of(session, model)
                .Where(other => archiveOthers && other.Stage == stage && other.Version != version.Version)
        )
        {
            versions.SetStage(session, other, ModelStages.Archived);
        }

        versions.SetStage(session, version, stage);
        names.Touch(session, model.Resource);
    }

    /// <summary>Sets a tag, whose form is for the caller to check.</summary>
    public void SetTag(ISqlSession session, NamedModel model, string key, string value)
    {
        RegistryTags.Set(session, model, key, value);
        names.Touch(session, model.Resource);
    }

    /// <inheritdoc cref="SetTag(ISqlSession, NamedModel, string, string)"/>
    public void SetTag(ISqlSession session, NamedVersion version, string key, string value)
    {
        RegistryTags.Set(session, version, key, value);
        versions.Touch(session, version.Resource, version.Version);
        names.Touch(session, version.Resource);
    }

    public bool HasVersions(ISqlSession session, NamedModel model) => rows.FindModel(session, model.Resource) is not null;

    private bool Change(ISqlSession session, NamedModel model, Model change, string path)
    {
        if (!HasVersions(session, model))
        {
            return false;
        }

        var name = ModelName.Parse(model.Resource, "name");
        updates.Update(session, Request(name, change, path), name);
        return true;
    }

    private static UpdateModelRequest Request(ModelName name, Model change, string path)
    {
        change.Name = name.ToString();
        return new UpdateModelRequest
        {
            Model = change,
            UpdateMask = new FieldMask { Paths = { path } },
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
