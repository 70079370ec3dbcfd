using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Models.Artifacts;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Models.Versions;

/// <summary>Removes models and versions that nothing serves.</summary>
public sealed class ModelDeletions(
    IResourceStore store,
    IOperations operations,
    VersionRows rows,
    ModelSnapshots snapshots,
    IEnumerable<IModelDeployments> deployments,
    IEnumerable<IVersionObserver> observers
)
{
    public async Task<Operation> DeleteModelAsync(ModelName name, CancellationToken cancellation)
    {
        if (name.Version.Length > 0)
        {
            throw StatusException.InvalidArgument(
                $"`name` is '{name}'; DeleteModel takes the whole model, '{name.Model}'. DeleteModelVersion deletes one version."
            );
        }

        var (operation, unused) = await store.WriteAsync(
            session =>
            {
                rows.GetModel(session, name.Model);
                RequireUndeployed(session, name.Model, null);
                List<string> digests = [];
                foreach (var version in rows.Versions(session, name.Model))
                {
                    DeleteRow(session, name.Model, version, digests);
                }

                session.Execute("DELETE FROM model_counters WHERE model = $1", name.Model);
                store.Delete(session, ModelKinds.Model, name.Model);
                return (operations.Deleted(session, name.Parent.ToString()), digests);
            },
            cancellation
        );
        unused.ForEach(snapshots.Remove);
        return operation;
    }

    public async Task<Operation> DeleteVersionAsync(ModelName name, CancellationToken cancellation)
    {
        if (name.Version.Length == 0)
        {
            throw StatusException.InvalidArgument($"`name` is '{name}'; it must name a version: '{name.Model}@VERSION'.");
        }

        var (operation, unused) = await store.WriteAsync(
            session =>
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
                List<string> digests = [];
                DeleteRow(session, name.Model, version, digests);
                return (operations.Deleted(session, name.Parent.ToString()), digests);
            },
            cancellation
        );
        unused.ForEach(snapshots.Remove);
        return operation;
    }

    private void DeleteRow(ISqlSession session, string model, Model version, List<string> digests)
    {
        foreach (var evaluation in store.Children<ModelEvaluation>(session, ModelKinds.Evaluation, $"{model}@{version.VersionId}"))
        {
            store.Delete(session, ModelKinds.Evaluation, evaluation.Name);
        }

        if (ArtifactTable.Delete(session, version.Name) is { } digest)
        {
            digests.Add(digest);
        }

        store.Delete(session, ModelKinds.Version, version.Name);
        foreach (var observer in observers)
        {
            observer.Removed(session, ModelName.Parse($"{model}@{version.VersionId}", "model"));
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
