using Cairn.Models;
using Cairn.Models.Runtimes;

namespace Cairn.Serving.Predictors;

/// <summary>What a runtime needs to know of a deployed model.</summary>
/// <param name="Endpoint">The endpoint's full name.</param>
/// <param name="DeployedModelId">The deployed model's number within the endpoint.</param>
/// <param name="Model">The registered version.</param>
/// <param name="Runtime">The name of the <see cref="IPredictorRuntime"/> that serves it.</param>
/// <param name="Image">The line of the image table that applies, or null for a custom container.</param>
/// <param name="Framework">What made the model.</param>
/// <param name="MinReplicas">Replicas that always run; 0 starts none before the first request.</param>
/// <param name="MaxReplicas">Replicas that run under load.</param>
public sealed record PredictorSpec(
    string Endpoint,
    string DeployedModelId,
    RegisteredModel Model,
    string Runtime,
    PredictionImage? Image,
    ModelFramework Framework,
    int MinReplicas,
    int MaxReplicas
)
{
    /// <summary>How sentences and logs call it.</summary>
    public string Title => $"Deployed model '{DeployedModelId}' ({Model.Name})";
}
