using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Models.Artifacts;
using Cairn.Models.Names;
using Cairn.Models.Registered;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Models.Versions;

/// <summary>Removes models and versions that nothing serves.</summary>
public sealed class ModelDeletions(
    IResourceStore store,
    IOperations operations,
    VersionRows rows,
    NamedModels names,
    NamedVersions versions,
    ModelSnapshots snapshots,
    IEnumerable<IModelDeployments> deployments,
    IEnumerable<IVersionObserver> observers
)
{
    public Task<Operation> DeleteModelAsync(ModelName name, CancellationToken cancellation)
    {
        if (name.Version.Length > 0)
        {
            throw StatusException.InvalidArgument(
                $"`name` is '{name}'; DeleteModel takes the whole model, '{name.Model}'. DeleteModelVersion deletes one version."
            );
        }

        return store.WriteAsync(
            session =>
            {
                DeleteModel(session, name);
                return operations.Deleted(session, name.Parent.ToString());
            },
            cancellation
        );
    }

    public Task<Operation> DeleteVersionAsync(ModelName name, CancellationToken cancellation)
    {
        if (name.Version.Length == 0)
        {
            throw StatusException.InvalidArgument($"`name` is '{name}'; it must name a version: '{name.Model}@VERSION'.");
        }

        return store.WriteAsync(
            session =>
            {
                DeleteVersion(session, name);
                return operations.Deleted(session, name.Parent.ToString());
            },
            cancellation
        );
    }

    /// <summary>Deletes a model with its versions and its name, in the caller's transaction.</summary>
    /// <exception cref="StatusException">NOT_FOUND; FAILED_PRECONDITION where it is deployed.</exception>
    public void DeleteModel(ISqlSession session, ModelName name)
    {
        DeleteResource(session, name);
        if (names.FindByResource(session, name.Model) is { } known)
        {
            names.Delete(session, known);
        }
        else
        {
            session.Execute("DELETE FROM model_counters WHERE model = $1", name.Model);
        }
    }

    /// <summary>
    /// Deletes all versions of a model and leaves its name, its tags and its description; a version that comes later has the next number.
    /// </summary>
    /// <exception cref="StatusException">NOT_FOUND; FAILED_PRECONDITION where it is deployed.</exception>
    public void Empty(ISqlSession session, ModelName name)
    {
        var description = DeleteResource(session, name).Description;
        if (names.FindByResource(session, name.Model) is { } known)
        {
            names.SetHasDefault(session, known, false);
            names.Describe(session, known, description);
        }
    }

    /// <summary>Deletes a version, in the caller's transaction.</summary>
    /// <exception cref="StatusException">NOT_FOUND; FAILED_PRECONDITION where it is the default one, or deployed.</exception>
    public void DeleteVersion(ISqlSession session, ModelName name)
    {
        var version = rows.GetVersion(session, name);
        if (version.VersionAliases.Contains(VersionAliases.Default))
        {
            throw StatusException.FailedPrecondition(
                rows.Versions(session, name.Model).Count == 1
                    ? $"Version '{version.VersionId}' is the only one of model '{name.Model}'; delete the model instead."
                    : $"Version '{version.VersionId}' of model '{name.Model}' is the default one; give the alias 'default' to another version first."
            );
        }

        RequireUndeployed(session, name.Model, version.VersionId);
        DeleteRow(session, name, version);
        names.Touch(session, name.Model);
    }

    private Model DeleteResource(ISqlSession session, ModelName name)
    {
        var model = rows.GetModel(session, name.Model);
        RequireUndeployed(session, name.Model, null);
        foreach (var version in rows.Versions(session, name.Model))
        {
            DeleteRow(session, name, version);
        }

        store.Delete(session, ModelKinds.Model, name.Model);
        return model;
    }

    private void DeleteRow(ISqlSession session, ModelName model, Model version)
    {
        var name = model with { Version = version.VersionId };
        foreach (var evaluation in store.Children<ModelEvaluation>(session, ModelKinds.Evaluation, name.ToString()))
        {
            store.Delete(session, ModelKinds.Evaluation, evaluation.Name);
        }

        if (ArtifactTable.Delete(session, version.Name) is { } digest)
        {
            session.OnCommit(() => snapshots.Remove(digest));
        }

        store.Delete(session, ModelKinds.Version, version.Name);
        if (names.FindByResource(session, name.Model) is { } known)
        {
            versions.Delete(session, known, name.Number);
        }

        foreach (var observer in observers)
        {
            observer.Removed(session, name);
        }
    }

    private void RequireUndeployed(ISqlSession session, string model, string? version)
    {
        var endpoints = deployments.SelectMany(d => d.Find(session, model, version)).Select(d => d.Endpoint).Distinct().ToArray();
        if (endpoints.Length > 0)
        {
            var what = version is null ? $"Model '{model}'" : $"Version '{version}' of model '{model}'";
            throw StatusException.FailedPrecondition(
                $"{what} is deployed to {string.Join(", ", endpoints.Select(e => $"'{e}'"))}; undeploy it there first."
            );
        }
    }
}
