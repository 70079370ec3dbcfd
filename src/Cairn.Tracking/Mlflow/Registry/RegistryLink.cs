using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Models;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>
/// Whoever registers or deletes a version, MLflow sees it: the rows beside the registry change in the registry's own transaction.
/// </summary>
internal sealed class RegistryLink(RegistryRows rows) : IVersionObserver
{
    public void Added(ISqlSession session, ModelName name, Model version)
    {
        var known = rows.FindByResource(session, name.Model) ?? Adopt(session, name, version);
        rows.InsertVersion(
            session,
            new NamedVersion(known.Id, known.Name, Number(name), "None", version.VersionDescription, version.ArtifactUri, "", "", "", 0, 0)
        );
    }

    public void Removed(ISqlSession session, ModelName name)
    {
        if (rows.FindByResource(session, name.Model) is { } known)
        {
            rows.DeleteVersion(session, known.Id, Number(name));
        }
    }

    /// <summary>
    /// A model that came by another way is called by its display name, or by its id where that is taken or no name for MLflow.
    /// </summary>
    private RegisteredName Adopt(ISqlSession session, ModelName name, Model version)
    {
        var wanted = version.DisplayName.Replace('/', '-').Replace(':', '-');
        var free = RegistryRows.IsName(wanted) && rows.Find(session, name.Parent.Project, name.Parent.Location, wanted) is null;
        return rows.Insert(session, name.Parent.Project, name.Parent.Location, free ? wanted : name.Id, name.Model, version.Description);
    }

    private static long Number(ModelName name) => long.Parse(name.Version, CultureInfo.InvariantCulture);
}
