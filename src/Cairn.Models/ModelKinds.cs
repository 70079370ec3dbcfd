using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models;

/// <summary>
/// What the registry stores. A <see cref="Model"/> row is the model as it is listed: its own display name, description and labels, and all
/// else of its default version. A <see cref="Version"/> row is one version, named <c>…/models/{model}/versions/{number}</c>.
/// </summary>
public static class ModelKinds
{
    private static readonly HashSet<string> Bulky = ["metadata", "explanation_spec"];

    public static readonly ResourceKind Model = new("Model", "models", Google.Cloud.AIPlatform.V1.Model.Descriptor)
    {
        Unsearchable = Bulky,
    };

    public static readonly ResourceKind Version = new("ModelVersion", "versions", Google.Cloud.AIPlatform.V1.Model.Descriptor)
    {
        Unsearchable = Bulky,
    };

    public static readonly ResourceKind Evaluation = new("ModelEvaluation", "evaluations", ModelEvaluation.Descriptor)
    {
        Unsearchable = new HashSet<string> { "metrics", "explanation_specs", "model_explanation" },
    };
}
