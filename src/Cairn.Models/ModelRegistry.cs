using Cairn.Kernel.Database;
using Cairn.Models.Artifacts;
using Cairn.Models.Names;
using Cairn.Models.Versions;

namespace Cairn.Models;

/// <summary>The registry as other capabilities use it.</summary>
public sealed class ModelRegistry(IDatabase database, VersionRows rows, ModelSnapshots snapshots)
{
    /// <summary>The version that a name means: by number, by alias, or the default one.</summary>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND.</exception>
    public Task<RegisteredModel> GetAsync(ModelName name, CancellationToken cancellation = default) =>
        database.ReadAsync(session => Get(session, name), cancellation);

    /// <summary>The same, in the caller's transaction.</summary>
    public RegisteredModel Get(ISqlSession session, ModelName name)
    {
        var model = rows.GetModel(session, name.Model);
        var version = rows.GetVersion(session, model, name);
        return new RegisteredModel(
            name with
            {
                Version = version.VersionId,
            },
            VersionRows.Compose(model, version),
            ArtifactTable.Find(session, VersionRows.RowName(name.Model, version.VersionId))
        );
    }

    /// <summary>A folder with exactly the files that the version was registered with; nobody writes to it.</summary>
    /// <exception cref="Kernel.Errors.StatusException">FAILED_PRECONDITION where they have changed and no copy is left.</exception>
    public Task<string> OpenFilesAsync(ArtifactManifest artifacts, CancellationToken cancellation = default) =>
        snapshots.OpenAsync(artifacts, cancellation);
}
