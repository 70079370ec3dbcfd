using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Models.Names;
using Google.Cloud.ML.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ModelName = Cairn.Classic.Names.ModelName;

namespace Cairn.Classic.Models;

/// <summary>
/// The models of AI Platform's <c>ModelService</c>. A classic model is a name for versions; with the first one comes a model in the
/// registry, and an endpoint.
/// </summary>
internal sealed class ModelService(IResourceStore store, IDatabase database, ModelReads reads, IOperations operations, TimeProvider time)
    : IRpcService
{
    private const string DefaultRegion = "us-central1";

    public ServiceDescriptor Descriptor => ModelServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("ModelService");

    [Permission("ml.models.create")]
    public Task<Model> CreateModel(CreateModelRequest request, CallContext context)
    {
        var parent = request.Parent;
        ProjectName.Parse(parent, "parent");
        context.RequireProject(parent);
        var model = request.Model.Clone();
        var id = ChosenId.Require(model.Name, "model.name");
        if (model.Regions.Count > 1)
        {
            throw StatusException.InvalidArgument($"`model.regions` has {model.Regions.Count} entries; a model lies in one region.");
        }

        ResourceId.RequireLabels("model.labels", model.Labels);
        model.Name = $"{parent}/models/{id}";
        model.DefaultVersion = null;
        model.Etag = "";
        if (model.Regions.Count == 0)
        {
            model.Regions.Add(DefaultRegion);
        }

        return store.WriteAsync(
            session =>
            {
                ClassicModelTable.Put(session, new ModelRow(model.Name, "", "", ""));
                return store.Insert(session, ClassicKinds.Model, model);
            },
            context.Cancellation
        );
    }

    [Permission("ml.models.list")]
    public async Task<ListModelsResponse> ListModels(ListModelsRequest request, CallContext context)
    {
        ProjectName.Parse(request.Parent, "parent");
        context.RequireProject(request.Parent);
        var page = await store.ListAsync<Model>(
            ClassicKinds.Model,
            new ListQuery(request.Parent, request.Filter, "", request.PageSize, request.PageToken),
            context.Cancellation
        );
        var models = await database.ReadAsync(
            session => page.Items.Select(model => reads.Complete(session, model)).ToList(),
            context.Cancellation
        );
        return new ListModelsResponse { Models = { models }, NextPageToken = page.NextPageToken };
    }

    [Permission("ml.models.get")]
    public Task<Model> GetModel(GetModelRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = ModelName.Parse(request.Name, "name");
        return database.ReadAsync(session => reads.Complete(session, reads.Model(session, name).Model), context.Cancellation);
    }

    /// <summary>Changes the description and the labels.</summary>
    [Permission("ml.models.update")]
    public Task<Operation> UpdateModel(UpdateModelRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = ModelName.Parse(request.Name, "name");
        ResourceId.RequireLabels("model.labels", request.Model.Labels);
        Changes.RequireOnly(request.UpdateMask, "description", "labels");
        return store.WriteAsync(
            session =>
            {
                var changed = FieldMasks.Apply(reads.Model(session, name).Model, request.Model, request.UpdateMask);
                changed.Etag = request.Model.Etag;
                var updated = reads.Complete(session, store.Update(session, ClassicKinds.Model, changed));
                return operations.Completed(
                    session,
                    name.Parent,
                    updated,
                    Metadata(OperationMetadata.Types.OperationType.UpdateModel, name)
                );
            },
            context.Cancellation
        );
    }

    /// <summary>Deletes a model that has no versions.</summary>
    [Permission("ml.models.delete")]
    public Task<Operation> DeleteModel(DeleteModelRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = ModelName.Parse(request.Name, "name");
        return store.WriteAsync(
            session =>
            {
                reads.Model(session, name);
                if (store.Children<Google.Cloud.ML.V1.Version>(session, ClassicKinds.Version, name.ToString()) is { Count: > 0 } versions)
                {
                    throw StatusException.FailedPrecondition(
                        $"Model '{name.Id}' has versions: {string.Join(", ", versions.Select(static version => $"'{VersionName.Parse(version.Name).Id}'"))}. Delete them first."
                    );
                }

                store.Delete(session, ClassicKinds.Model, name.ToString());
                ClassicModelTable.DeleteModel(session, name.ToString());
                return operations.Completed(
                    session,
                    name.Parent,
                    new Empty(),
                    Metadata(OperationMetadata.Types.OperationType.DeleteModel, name)
                );
            },
            context.Cancellation
        );
    }

    private OperationMetadata Metadata(OperationMetadata.Types.OperationType type, ModelName name)
    {
        var now = time.GetUtcNow().ToTimestamp();
        return new OperationMetadata
        {
            OperationType = type,
            ModelName = name.ToString(),
            CreateTime = now,
            StartTime = now,
            EndTime = now,
        };
    }
}
