using Cairn.Data;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Models.Artifacts;
using Cairn.Models.Names;
using Cairn.Models.Registered;
using Cairn.Models.Runtimes;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Models.Versions;

/// <summary>Registers new models and new versions.</summary>
public sealed class ModelUploads(
    IResourceStore store,
    IOperations operations,
    VersionRows rows,
    NamedModels names,
    NamedVersions versions,
    ModelSnapshots snapshots,
    PredictionImages images,
    BucketAccess buckets,
    IIdSource ids,
    IEnumerable<IVersionObserver> observers
)
{
    public async Task<Operation> UploadAsync(UploadModelRequest request, CallContext context)
    {
        var upload = await PrepareAsync(request, context);
        return await store.WriteAsync(
            session =>
            {
                var (name, number) = Add(session, upload);
                var response = new UploadModelResponse { Model = name, ModelVersionId = number };
                return operations.Completed(session, request.Parent, response, new UploadModelOperationMetadata());
            },
            context.Cancellation
        );
    }

    /// <summary>Checks an upload and takes stock of its files; <see cref="Add(ISqlSession, PreparedUpload)"/> registers it.</summary>
    public async Task<PreparedUpload> PrepareAsync(UploadModelRequest request, CallContext context)
    {
        var parent = LocationName.Parse(request.Parent, "parent");
        var model = request.Model ?? throw StatusException.InvalidArgument("`model` is missing; it is what is uploaded.");
        var target = Target(parent, request.ParentModel, request.ModelId);
        ResourceId.RequireLabels("model.labels", model.Labels);
        if (request.ParentModel.Length == 0 || model.DisplayName.Length > 0)
        {
            ResourceId.RequireDisplayName("model.display_name", model.DisplayName);
        }

        foreach (var alias in model.VersionAliases)
        {
            VersionAliases.Require(alias);
        }

        var artifacts = await TakeArtifactsAsync(model, context);
        return new PreparedUpload(target, Version(model), artifacts);
    }

    /// <summary>Registers what was prepared, in the caller's transaction; returns the model's name and the version's number.</summary>
    public (string Model, string Number) Add(ISqlSession session, PreparedUpload upload) =>
        Add(session, upload.Target, upload.Version.Clone(), upload.Artifacts);

    /// <summary>The model that a version goes into, and whether it must exist already.</summary>
    public UploadTarget Target(LocationName parent, string parentModel, string modelId)
    {
        if (parentModel.Length > 0)
        {
            var name = ModelName.Parse(parentModel, "parent_model");
            if (name.Parent != parent)
            {
                throw StatusException.InvalidArgument($"`parent_model` '{parentModel}' does not lie in `parent` '{parent}'.");
            }

            return new UploadTarget(name.Model, Exists: true);
        }

        if (modelId.Length > 0)
        {
            ResourceId.RequireModelId(modelId);
        }

        return new UploadTarget($"{parent}/models/{(modelId.Length > 0 ? modelId : ids.NextNumber())}", Exists: false);
    }

    /// <summary>Adds a version in the caller's transaction; returns the model's name and the version's number.</summary>
    /// <param name="origin">What it is registered from; null where that is its files' address.</param>
    /// <exception cref="StatusException">ALREADY_EXISTS, NOT_FOUND, by what the target says of the model.</exception>
    public (string Model, string Number) Add(
        ISqlSession session,
        UploadTarget target,
        Model version,
        ArtifactManifest? artifacts,
        RegistrationOrigin? origin = null
    )
    {
        var resource = ModelName.Parse(target.Model, "model");
        var known = names.FindByResource(session, target.Model);
        var existing = target.Exists ? rows.GetModel(session, target.Model) : null;
        if (!target.Exists && store.Find<Model>(session, ModelKinds.Model, target.Model) is not null)
        {
            throw StatusException.AlreadyExists(
                $"Model '{target.Model}' exists. Give it as `parent_model` to upload a new version of it, or choose another `model_id`."
            );
        }

        var aliases = version.VersionAliases.Distinct().ToList();
        if (existing is null && !aliases.Contains(VersionAliases.Default))
        {
            aliases.Add(VersionAliases.Default);
        }

        var own = existing ?? version.Clone();
        if (existing is null)
        {
            // A new model's labels are the model's; a later version's are its own.
            version.Labels.Clear();
            known = NameNew(session, resource, known, own, target);
        }

        version.VersionId = VersionRows.NextNumber(session, target.Model);
        version.VersionAliases.Clear();
        rows.InsertVersion(session, target.Model, version);
        if (artifacts is not null)
        {
            ArtifactTable.Insert(session, VersionRows.RowName(target.Model, version.VersionId), artifacts);
        }

        rows.MoveAliases(session, target.Model, version.VersionId, aliases, new HashSet<string>());
        if (existing is not null)
        {
            own.Etag = "";
        }

        rows.WriteModel(session, target.Model, own, insert: existing is null);
        known ??= names.Adopt(session, resource, own.DisplayName);
        var name = resource with { Version = version.VersionId };
        versions.Insert(session, known, name.Number, origin ?? new RegistrationOrigin(version.ArtifactUri));
        names.Touch(session, target.Model);
        var added = version.Clone();
        added.DisplayName = own.DisplayName;
        foreach (var observer in observers)
        {
            observer.Added(session, name, added);
        }

        return (target.Model, version.VersionId);
    }

    /// <summary>
    /// Gives a new model its name. One that had a name before it had versions brings its description with it; its ID is kept for what is
    /// registered under that name.
    /// </summary>
    private NamedModel NameNew(ISqlSession session, ModelName resource, NamedModel? known, Model own, UploadTarget target)
    {
        if (known is null)
        {
            return names.Adopt(session, resource, own.DisplayName);
        }

        if (!target.Named)
        {
            throw StatusException.AlreadyExists(
                $"The ID '{resource.Id}' is kept for the registered model '{known.Name}', which has no version yet; choose another `model_id`, or register the version by that name over MLflow."
            );
        }

        own.Description = known.Description;
        names.Describe(session, known, "");
        return known;
    }

    /// <summary>What a caller may set, and what the registry adds.</summary>
    private static Model Version(Model given)
    {
        var version = given.Clone();
        version.Name = "";
        version.Etag = "";
        version.DeployedModels.Clear();
        version.OriginalModelInfo = null;
        version.ModelSourceInfo = new ModelSourceInfo { SourceType = ModelSourceInfo.Types.ModelSourceType.Custom };
        version.SupportedDeploymentResourcesTypes.Clear();
        version.SupportedDeploymentResourcesTypes.Add(Model.Types.DeploymentResourcesType.DedicatedResources);
        version.SupportedInputStorageFormats.Clear();
        version.SupportedInputStorageFormats.AddRange(["jsonl", "bigquery", "csv", "tf-record", "tf-record-gzip", "file-list"]);
        version.SupportedOutputStorageFormats.Clear();
        version.SupportedOutputStorageFormats.AddRange(["jsonl", "bigquery", "csv"]);
        version.SupportedExportFormats.Clear();
        if (version.ArtifactUri.Length > 0)
        {
            version.SupportedExportFormats.Add(
                new Model.Types.ExportFormat
                {
                    Id = "custom-trained",
                    ExportableContents = { Model.Types.ExportFormat.Types.ExportableContent.Artifact },
                }
            );
        }

        return version;
    }

    private async Task<ArtifactManifest?> TakeArtifactsAsync(Model model, CallContext context)
    {
        var image = model.ContainerSpec?.ImageUri ?? "";
        if (model.ContainerSpec is not null && image.Length == 0)
        {
            throw StatusException.InvalidArgument("`model.container_spec.image_uri` is empty; it names the image that serves the model.");
        }

        ArtifactManifest? artifacts = null;
        if (model.ArtifactUri.Length > 0)
        {
            var uri = GsUri.Parse(model.ArtifactUri, "model.artifact_uri");
            await buckets.RequireAsync(uri, context);
            artifacts = await snapshots.TakeAsync(uri, context.Cancellation);
        }

        if (image.Length == 0)
        {
            if (ServableFiles.Detect(artifacts) is null)
            {
                throw StatusException.InvalidArgument(
                    artifacts is null
                        ? "`model` has neither `container_spec` nor `artifact_uri`; it needs an image, or a folder with a file such as 'model.onnx' or 'model.joblib'."
                        : $"`model.container_spec` is missing, and `artifact_uri` '{artifacts.Uri}' holds no file that tells what serves it, such as 'model.onnx' or 'model.joblib'."
                );
            }
        }
        else if (images.Find(image) is { Framework: not ModelFramework.Custom } prebuilt)
        {
            ServableFiles.Require(prebuilt, image, artifacts);
        }

        return artifacts;
    }
}
