using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Cairn.Models.Names;
using Cairn.Models.Registered;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Models.Versions;

/// <summary>
/// Copies a version into another model or location of the same project. The files are not copied: both refer to the same registered
/// content.
/// </summary>
public sealed class ModelCopies(
    IResourceStore store,
    IOperations operations,
    ModelRegistry registry,
    ModelUploads uploads,
    NamedModels names,
    NamedVersions versions
)
{
    public Task<Operation> CopyAsync(CopyModelRequest request, CallContext context)
    {
        var parent = LocationName.Parse(request.Parent, "parent");
        var source = ModelName.Parse(request.SourceModel, "source_model");
        if (source.Parent.Project != parent.Project)
        {
            throw StatusException.InvalidArgument(
                $"`source_model` '{source}' lies in another project than `parent` '{parent}'; a model can be copied within its project."
            );
        }

        var target = uploads.Target(parent, request.ParentModel, request.ModelId);
        return store.WriteAsync(
            session =>
            {
                var from = registry.Get(session, source);
                var copy = from.Message.Clone();
                copy.Name = "";
                copy.Etag = "";
                copy.VersionAliases.Clear();
                copy.OriginalModelInfo = new Model.Types.OriginalModelInfo { Model = from.Name.ToString() };
                copy.ModelSourceInfo ??= new ModelSourceInfo { SourceType = ModelSourceInfo.Types.ModelSourceType.Custom };
                copy.ModelSourceInfo.Copy = true;
                var (model, number) = uploads.Add(session, target, copy, from.Artifacts, Origin(session, from));
                return operations.Completed(
                    session,
                    request.Parent,
                    new CopyModelResponse { Model = model, ModelVersionId = number },
                    new CopyModelOperationMetadata()
                );
            },
            context.Cancellation
        );
    }

    /// <summary>What the source was registered from is what its copy was; null where that is its files' address.</summary>
    private RegistrationOrigin? Origin(ISqlSession session, RegisteredModel from) =>
        names.FindByResource(session, from.Name.Model) is { } known ? versions.Find(session, known, from.Name.Number)?.Origin : null;
}
