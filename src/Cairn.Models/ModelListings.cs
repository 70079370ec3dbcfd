using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Models.Names;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models;

/// <summary>Models and versions as they are read, with where they are deployed.</summary>
public sealed class ModelListings(IDatabase database, IResourceStore store, VersionRows rows, IEnumerable<IModelDeployments> deployments)
{
    public Task<Model> GetAsync(ModelName name, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var model = rows.GetModel(session, name.Model);
                return WithDeployments(session, VersionRows.Compose(model, rows.GetVersion(session, model, name)));
            },
            cancellation
        );

    public async Task<Page<Model>> ListAsync(ListModelsRequest request, CancellationToken cancellation)
    {
        var query = new ListQuery(request.Parent, request.Filter, request.OrderBy, request.PageSize, request.PageToken);
        var page = await store.ListAsync<Model>(ModelKinds.Model, query, cancellation);
        return await WithDeploymentsAsync(page, cancellation);
    }

    public async Task<Page<Model>> ListVersionsAsync(ListModelVersionsRequest request, ModelName name, CancellationToken cancellation)
    {
        var model = await database.ReadAsync(session => rows.GetModel(session, name.Model), cancellation);
        var query = new ListQuery(name.Model, request.Filter, request.OrderBy, request.PageSize, request.PageToken);
        var page = await store.ListAsync<Model>(ModelKinds.Version, query, cancellation);
        return await WithDeploymentsAsync(
            page with
            {
                Items = [.. page.Items.Select(version => VersionRows.Compose(model, version))],
            },
            cancellation
        );
    }

    private Task<Page<Model>> WithDeploymentsAsync(Page<Model> page, CancellationToken cancellation) =>
        page.Items.Count == 0
            ? Task.FromResult(page)
            : database.ReadAsync(
                session => page with { Items = [.. page.Items.Select(model => WithDeployments(session, model))] },
                cancellation
            );

    private Model WithDeployments(ISqlSession session, Model model)
    {
        model.DeployedModels.Clear();
        foreach (var source in deployments)
        {
            model.DeployedModels.AddRange(source.Find(session, model.Name, model.VersionId));
        }

        return model;
    }
}
