using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Models.Registered;
using Cairn.Models.Versions;

namespace Cairn.Mlflow.Registry;

/// <summary>Models and versions of the call's location, by the words of its arguments.</summary>
internal sealed class RegistryAccess(NamedModels names, NamedVersions versions, VersionRows rows)
{
    public static LocationName Parent(MlflowCall call) => new(call.Project, call.Location);

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public NamedModel Model(ISqlSession session, MlflowCall call, string name) =>
        names.Find(session, Parent(call), name) ?? throw StatusException.NotFound($"Registered Model with name={name} not found");

    /// <exception cref="StatusException">INVALID_ARGUMENT where the version is no number; NOT_FOUND.</exception>
    public NamedVersion Version(ISqlSession session, NamedModel model, string version)
    {
        if (!long.TryParse(version, CultureInfo.InvariantCulture, out var number))
        {
            throw StatusException.InvalidArgument($"Model version must be an integer, got '{version}'");
        }

        return versions.Find(session, model, number)
            ?? throw StatusException.NotFound($"Model Version (name={model.Name}, version={version}) not found");
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the version is no number; NOT_FOUND.</exception>
    public NamedVersion Version(ISqlSession session, MlflowCall call, string name, string version) =>
        Version(session, Model(session, call, name), version);

    /// <summary>The version that has an alias, or is the newest one for <c>latest</c>; or null.</summary>
    public NamedVersion? Aliased(ISqlSession session, NamedModel model, string alias)
    {
        if (ModelAlias.IsLatest(alias))
        {
            return versions.Newest(session, model);
        }

        return alias == VersionAliases.Default && !model.HasDefault ? null
            : rows.Versions(session, model.Resource).Find(version => version.VersionAliases.Contains(alias)) is { } found
                ? Version(session, model, found.VersionId)
            : null;
    }
}
