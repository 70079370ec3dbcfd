using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.ML.V1;
using Version = Google.Cloud.ML.V1.Version;

namespace Cairn.Classic.Models;

/// <summary>
/// Models and versions as they are answered with: a model has its default version in it, and a version says whether it is that.
/// </summary>
internal sealed class ModelReads(IResourceStore store)
{
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public (Model Model, ModelRow Row) Model(ISqlSession session, ModelName name) =>
        store.Find<Model>(session, ClassicKinds.Model, name.ToString()) is { } model
        && ClassicModelTable.FindModel(session, model.Name) is { } row
            ? (model, row)
            : throw StatusException.NotFound(
                $"There is no model '{name.Id}' in project '{name.Project}'. `gcloud ai-platform models create {name.Id}` makes one."
            );

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public (Version Version, VersionRow Row) Version(ISqlSession session, VersionName name) =>
        store.Find<Version>(session, ClassicKinds.Version, name.ToString()) is { } version
        && ClassicModelTable.FindVersion(session, version.Name) is { } row
            ? (version, row)
            : throw StatusException.NotFound($"Model '{name.Model.Id}' of project '{name.Model.Project}' has no version '{name.Id}'.");

    public Model Complete(ISqlSession session, Model model)
    {
        if (
            ClassicModelTable.FindModel(session, model.Name) is { DefaultVersion: { Length: > 0 } name }
            && store.Find<Version>(session, ClassicKinds.Version, name) is { } version
        )
        {
            version.IsDefault = true;
            model.DefaultVersion = version;
        }

        return model;
    }

    public static Version Complete(ISqlSession session, Version version)
    {
        version.IsDefault =
            ClassicModelTable.FindModel(session, VersionName.Parse(version.Name).Model.ToString())?.DefaultVersion == version.Name;
        return version;
    }
}
