using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
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
using Version = Google.Cloud.ML.V1.Version;

namespace Cairn.Classic.Models;

/// <summary>
/// The versions of AI Platform's <c>ModelService</c>. A classic version is a version of the registry's model, deployed to the model's
/// endpoint.
/// </summary>
internal sealed class VersionService(
    IResourceStore store,
    IDatabase database,
    ModelReads reads,
    VersionUpload upload,
    DefaultVersion defaults,
    IOperations operations,
    TimeProvider time
) : IRpcService
{
    public ServiceDescriptor Descriptor => ModelServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("ModelService");

    /// <summary>Checks the version's files at once, and registers and deploys it in an operation.</summary>
    [Permission("ml.versions.create")]
    public async Task<Operation> CreateVersion(CreateVersionRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var model = ModelName.Parse(request.Parent, "parent");
        var version = request.Version.Clone();
        var name = new VersionName(model, ChosenId.Require(version.Name, "version.name"));
        ResourceId.RequireLabels("version.labels", version.Labels);
        version.Name = name.ToString();
        version.Etag = "";
        version.State = Version.Types.State.Creating;
        version.ErrorMessage = "";
        version.CreateTime = null;
        version.LastUseTime = null;
        version.IsDefault = false;
        var (parent, _) = await database.ReadAsync(session => reads.Model(session, model), context.Cancellation);
        await upload.PrepareAsync(parent, version, context);
        return await store.WriteAsync(
            session =>
            {
                reads.Model(session, model);
                ClassicModelTable.Put(session, new VersionRow(version.Name, "", ""));
                var stored = store.Insert(session, ClassicKinds.Version, version);
                return operations.Enqueue(
                    session,
                    model.Parent,
                    VersionCreation.Handler,
                    new GetVersionRequest { Name = version.Name },
                    Metadata(OperationMetadata.Types.OperationType.CreateVersion, model, stored)
                );
            },
            context.Cancellation
        );
    }

    [Permission("ml.versions.list")]
    public async Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var model = ModelName.Parse(request.Parent, "parent");
        await database.ReadAsync(session => reads.Model(session, model), context.Cancellation);
        var page = await store.ListAsync<Version>(
            ClassicKinds.Version,
            new ListQuery(request.Parent, request.Filter, "", request.PageSize, request.PageToken),
            context.Cancellation
        );
        var versions = await database.ReadAsync(
            session => page.Items.Select(version => ModelReads.Complete(session, version)).ToList(),
            context.Cancellation
        );
        return new ListVersionsResponse { Versions = { versions }, NextPageToken = page.NextPageToken };
    }

    [Permission("ml.versions.get")]
    public Task<Version> GetVersion(GetVersionRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = VersionName.Parse(request.Name);
        return database.ReadAsync(session => ModelReads.Complete(session, reads.Version(session, name).Version), context.Cancellation);
    }

    /// <summary>Changes the description, the labels and what is noted of scaling. To serve other files, create another version.</summary>
    [Permission("ml.versions.update")]
    public Task<Operation> UpdateVersion(UpdateVersionRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = VersionName.Parse(request.Name);
        ResourceId.RequireLabels("version.labels", request.Version.Labels);
        Changes.RequireOnly(request.UpdateMask, "description", "labels", "manual_scaling", "auto_scaling");
        return store.WriteAsync(
            session =>
            {
                var changed = FieldMasks.Apply(reads.Version(session, name).Version, request.Version, request.UpdateMask);
                changed.Etag = request.Version.Etag;
                var updated = ModelReads.Complete(session, store.Update(session, ClassicKinds.Version, changed));
                return operations.Completed(
                    session,
                    name.Model.Parent,
                    updated,
                    Metadata(OperationMetadata.Types.OperationType.UpdateVersion, name.Model, updated)
                );
            },
            context.Cancellation
        );
    }

    /// <summary>Undeploys and deletes a version. The default one can be deleted only as the last.</summary>
    [Permission("ml.versions.delete")]
    public async Task<Operation> DeleteVersion(DeleteVersionRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = VersionName.Parse(request.Name);
        return await store.WriteAsync(
            session =>
            {
                var (version, _) = reads.Version(session, name);
                var (_, model) = reads.Model(session, name.Model);
                if (version.State is Version.Types.State.Creating or Version.Types.State.Deleting)
                {
                    throw StatusException.FailedPrecondition(
                        $"Version '{name.Id}' of model '{name.Model.Id}' is in the state {version.State.ToString().ToUpperInvariant()}; wait for its operation to end."
                    );
                }

                if (
                    model.DefaultVersion == version.Name
                    && store.Children<Version>(session, ClassicKinds.Version, name.Model.ToString()).Count > 1
                )
                {
                    throw StatusException.FailedPrecondition(
                        $"Version '{name.Id}' is the default one of model '{name.Model.Id}', and there are others; make one of those the default first."
                    );
                }

                version.State = Version.Types.State.Deleting;
                var stored = store.Update(session, ClassicKinds.Version, version);
                return operations.Enqueue(
                    session,
                    name.Model.Parent,
                    VersionDeletion.Handler,
                    new GetVersionRequest { Name = version.Name },
                    Metadata(OperationMetadata.Types.OperationType.DeleteVersion, name.Model, stored)
                );
            },
            context.Cancellation
        );
    }

    /// <summary>Sends the requests that name the model alone to this version.</summary>
    [Permission("ml.versions.setDefault")]
    public Task<Version> SetDefaultVersion(SetDefaultVersionRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return defaults.SetAsync(VersionName.Parse(request.Name), context.Cancellation);
    }

    private OperationMetadata Metadata(OperationMetadata.Types.OperationType type, ModelName model, Version version)
    {
        var now = time.GetUtcNow().ToTimestamp();
        return new OperationMetadata
        {
            OperationType = type,
            ModelName = model.ToString(),
            Version = version,
            CreateTime = now,
            StartTime = now,
        };
    }
}
