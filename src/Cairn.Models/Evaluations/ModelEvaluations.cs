using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models.Evaluations;

/// <summary>
/// Evaluations of versions, as they were imported. Each is named below the version's number:
/// <c>…/models/{model}@{number}/evaluations/{evaluation}</c>.
/// </summary>
public sealed class ModelEvaluations(IResourceStore store, ModelRegistry registry, IIdSource ids)
{
    public Task<ModelEvaluation> ImportAsync(ImportModelEvaluationRequest request, ModelName model, CancellationToken cancellation)
    {
        var given =
            request.ModelEvaluation ?? throw StatusException.InvalidArgument("`model_evaluation` is missing; it is what is imported.");
        return store.WriteAsync(
            session =>
            {
                var evaluation = given.Clone();
                evaluation.Name = $"{registry.Get(session, model).Name}/evaluations/{ids.NextNumber()}";
                return store.Insert(session, ModelKinds.Evaluation, evaluation);
            },
            cancellation
        );
    }

    public async Task<ModelEvaluation> GetAsync(EvaluationName name, CancellationToken cancellation)
    {
        var version = await registry.GetAsync(name.Model, cancellation);
        return await store.GetAsync<ModelEvaluation>(ModelKinds.Evaluation, $"{version.Name}/evaluations/{name.Id}", cancellation);
    }

    public async Task<Page<ModelEvaluation>> ListAsync(ListModelEvaluationsRequest request, ModelName model, CancellationToken cancellation)
    {
        var version = await registry.GetAsync(model, cancellation);
        var query = new ListQuery(version.Name.ToString(), request.Filter, "", request.PageSize, request.PageToken);
        return await store.ListAsync<ModelEvaluation>(ModelKinds.Evaluation, query, cancellation);
    }
}
