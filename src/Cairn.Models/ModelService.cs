using Cairn.Kernel.Names;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Models.Evaluations;
using Cairn.Models.Names;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;

namespace Cairn.Models;

/// <summary>Vertex's <c>ModelService</c>: checks the tenant boundary, and leaves each verb to the class that knows it.</summary>
public sealed class ModelService(
    ModelUploads uploads,
    ModelListings listings,
    ModelUpdates updates,
    ModelDeletions deletions,
    ModelCopies copies,
    ModelExports exports,
    ModelEvaluations evaluations
) : IRpcService
{
    public ServiceDescriptor Descriptor => ModelServiceReflection.Descriptor.Services[0];

    [Permission("aiplatform.models.upload")]
    public Task<Operation> UploadModel(UploadModelRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        return uploads.UploadAsync(request, context);
    }

    [Permission("aiplatform.models.get")]
    public Task<Model> GetModel(GetModelRequest request, CallContext context) =>
        listings.GetAsync(Name(request.Name, context), context.Cancellation);

    [Permission("aiplatform.models.list")]
    public async Task<ListModelsResponse> ListModels(ListModelsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        LocationName.Parse(request.Parent, "parent");
        var page = await listings.ListAsync(request, context.Cancellation);
        return new ListModelsResponse { Models = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.models.list")]
    public async Task<ListModelVersionsResponse> ListModelVersions(ListModelVersionsRequest request, CallContext context)
    {
        var page = await listings.ListVersionsAsync(request, Name(request.Name, context), context.Cancellation);
        return new ListModelVersionsResponse { Models = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.models.update")]
    public Task<Model> UpdateModel(UpdateModelRequest request, CallContext context) =>
        updates.UpdateAsync(request, Name(request.Model?.Name ?? "", context, "model.name"), context.Cancellation);

    [Permission("aiplatform.models.update")]
    public Task<Model> MergeVersionAliases(MergeVersionAliasesRequest request, CallContext context) =>
        updates.MergeAliasesAsync(request, Name(request.Name, context), context.Cancellation);

    [Permission("aiplatform.models.delete")]
    public Task<Operation> DeleteModel(DeleteModelRequest request, CallContext context) =>
        deletions.DeleteModelAsync(Name(request.Name, context), context.Cancellation);

    [Permission("aiplatform.models.delete")]
    public Task<Operation> DeleteModelVersion(DeleteModelVersionRequest request, CallContext context) =>
        deletions.DeleteVersionAsync(Name(request.Name, context), context.Cancellation);

    [Permission("aiplatform.models.upload")]
    public Task<Operation> CopyModel(CopyModelRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        context.RequireProject(request.SourceModel);
        return copies.CopyAsync(request, context);
    }

    [Permission("aiplatform.models.export")]
    public Task<Operation> ExportModel(ExportModelRequest request, CallContext context) =>
        exports.ExportAsync(request, Name(request.Name, context), context);

    [Permission("aiplatform.modelEvaluations.import")]
    public Task<ModelEvaluation> ImportModelEvaluation(ImportModelEvaluationRequest request, CallContext context) =>
        evaluations.ImportAsync(request, Name(request.Parent, context, "parent"), context.Cancellation);

    [Permission("aiplatform.modelEvaluations.get")]
    public Task<ModelEvaluation> GetModelEvaluation(GetModelEvaluationRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return evaluations.GetAsync(EvaluationName.Parse(request.Name, "name"), context.Cancellation);
    }

    [Permission("aiplatform.modelEvaluations.list")]
    public async Task<ListModelEvaluationsResponse> ListModelEvaluations(ListModelEvaluationsRequest request, CallContext context)
    {
        var page = await evaluations.ListAsync(request, Name(request.Parent, context, "parent"), context.Cancellation);
        return new ListModelEvaluationsResponse { ModelEvaluations = { page.Items }, NextPageToken = page.NextPageToken };
    }

    private static ModelName Name(string name, CallContext context, string field = "name")
    {
        context.RequireProject(name);
        return ModelName.Parse(name, field);
    }
}
