using Cairn.Models;
using Cairn.Models.Names;
using Cairn.Serving.Endpoints;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Predictors;

/// <summary>Puts together what a predictor needs to know of a deployed model.</summary>
public sealed class PredictorSpecs(ModelRegistry registry, PredictorChoice choice, ServingOptions options)
{
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND where the model is gone; FAILED_PRECONDITION where nothing here serves
    /// it.</exception>
    public async Task<PredictorSpec> GetAsync(string endpoint, DeployedModel deployed, CancellationToken cancellation)
    {
        var model = await registry.GetAsync(
            ModelName.Parse($"{deployed.Model}@{deployed.ModelVersionId}", "deployed_model.model"),
            cancellation
        );
        return Make(endpoint, deployed, model);
    }

    private PredictorSpec Make(string endpoint, DeployedModel deployed, RegisteredModel model)
    {
        var (runtime, framework, image) = choice.Choose(model);
        var (min, max) = Replicas.Of(deployed);
        return new PredictorSpec(
            endpoint,
            deployed.Id,
            model,
            runtime,
            image,
            framework,
            Math.Min(min, options.MaxReplicas),
            Math.Min(max, options.MaxReplicas)
        );
    }
}
