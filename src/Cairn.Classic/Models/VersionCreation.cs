using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Models;
using Cairn.Models.Registered;
using Cairn.Models.Versions;
using Cairn.Serving.Endpoints;
using Cairn.Serving.Prediction;
using Google.Cloud.ML.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Version = Google.Cloud.ML.V1.Version;
using Vertex = Google.Cloud.AIPlatform.V1;

namespace Cairn.Classic.Models;

/// <summary>
/// Registers a version's files and deploys them. Each step is seen in the version's row, so a run that is repeated after a crash goes on
/// where the other one stopped.
/// </summary>
internal sealed class VersionCreation(
    IResourceStore store,
    IDatabase database,
    ModelReads reads,
    VersionUpload upload,
    ModelUploads uploads,
    Deployments deployments,
    DefaultVersion defaults,
    EndpointRoutes routes,
    NamedModels names,
    IIdSource ids
) : IOperationHandler
{
    public const string Handler = "classic.createVersion";

    public string Name => Handler;

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var name = VersionName.Parse(request.Unpack<GetVersionRequest>().Name);
        var (version, row) = await database.ReadAsync(session => reads.Version(session, name), cancellation);
        if (version.State == Version.Types.State.Ready)
        {
            return version;
        }

        try
        {
            if (row.Number.Length == 0)
            {
                row = await RegisterAsync(name, version, cancellation);
            }

            await DeployAsync(operation, name, row, cancellation);
            return await EndAsync(name, cancellation);
        }
        catch (StatusException error)
        {
            await FailAsync(name, error.Message, cancellation);
            throw;
        }
    }

    /// <summary>Adds the version to the registry, with its model and its endpoint where it is the first.</summary>
    private async Task<VersionRow> RegisterAsync(VersionName name, Version version, CancellationToken cancellation)
    {
        var (model, _) = await database.ReadAsync(session => reads.Model(session, name.Model), cancellation);
        var server = new CallContext { Caller = new Principal("server", ["*"], name.Model.Project), Cancellation = cancellation };
        var prepared = await upload.PrepareAsync(model, version, server);
        return await store.WriteAsync(
            session =>
            {
                var (_, own) = reads.Model(session, name.Model);
                var parent = $"{name.Model.Parent}/locations/{model.Regions[0]}";
                var target =
                    own.Registered.Length > 0
                        ? new UploadTarget(own.Registered, Exists: true)
                        : new UploadTarget(NewModel(session, parent, name.Model.Id), Exists: false);
                var (registered, number) = uploads.Add(session, prepared with { Target = target });
                var endpoint = own.Endpoint.Length > 0 ? own.Endpoint : NewEndpoint(session, parent, name.Model.Id);
                ClassicModelTable.Put(session, own with { Registered = registered, Endpoint = endpoint });
                var row = new VersionRow(name.ToString(), number, ids.NextNumber());
                ClassicModelTable.Put(session, row);
                return row;
            },
            cancellation
        );
    }

    /// <summary>The classic name where the registry can hold it and has it free, else a number.</summary>
    private string NewModel(ISqlSession session, string parent, string id)
    {
        var wanted = id.ToLowerInvariant();
        var name = $"{parent}/models/{wanted}";
        return
            wanted.Length <= 63
            && store.Find<Vertex.Model>(session, ModelKinds.Model, name) is null
            && names.FindByResource(session, name) is null
            ? name
            : $"{parent}/models/{ids.NextNumber()}";
    }

    private string NewEndpoint(ISqlSession session, string parent, string id) =>
        store
            .Insert(
                session,
                EndpointKinds.Endpoint,
                new Vertex.Endpoint { Name = $"{parent}/endpoints/{ids.NextNumber()}", DisplayName = id }
            )
            .Name;

    private async Task DeployAsync(string operation, VersionName name, VersionRow row, CancellationToken cancellation)
    {
        var (_, model) = await database.ReadAsync(session => reads.Model(session, name.Model), cancellation);
        var request = new Vertex.DeployModelRequest
        {
            Endpoint = model.Endpoint,
            DeployedModel = new Vertex.DeployedModel
            {
                Id = row.Deployed,
                Model = model.Registered,
                ModelVersionId = row.Number,
                DisplayName = name.Id,
            },
        };
        await deployments.RunAsync(operation, Any.Pack(request), cancellation);
    }

    private async Task<Version> EndAsync(VersionName name, CancellationToken cancellation)
    {
        var (ready, moved) = await store.WriteAsync(
            session =>
            {
                var (version, _) = reads.Version(session, name);
                version.State = Version.Types.State.Ready;
                version.ErrorMessage = "";
                var (_, model) = reads.Model(session, name.Model);
                var endpoint = model.DefaultVersion.Length == 0 ? defaults.Set(session, name) : null;
                return (ModelReads.Complete(session, store.Update(session, ClassicKinds.Version, version)), endpoint);
            },
            cancellation
        );
        if (moved is not null)
        {
            routes.Invalidate(moved);
        }

        return ready;
    }

    private Task<bool> FailAsync(VersionName name, string reason, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                if (store.Find<Version>(session, ClassicKinds.Version, name.ToString()) is not { } version)
                {
                    return false;
                }

                version.State = Version.Types.State.Failed;
                version.ErrorMessage = reason;
                store.Update(session, ClassicKinds.Version, version);
                return true;
            },
            cancellation
        );
}
