using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.LoggedModels;

/// <summary>Logged models within the project that a call is confined to: another project's are as if they did not exist.</summary>
public sealed class LoggedModelAccess(LoggedModelStore models, ExperimentStore experiments)
{
    /// <summary>A model that is not deleted.</summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public LoggedModel Active(ISqlSession session, MlflowCall call, string modelId) =>
        Existing(session, call, modelId) is { Stage: Lifecycle.Active } model ? model : throw NotFound(modelId);

    /// <summary>A model, also one that is deleted.</summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public LoggedModel Existing(ISqlSession session, MlflowCall call, string modelId) =>
        models.Find(session, modelId) is { } model
        && experiments.Find(session, model.Experiment) is { } experiment
        && call.Sees(experiment.Project)
            ? model
            : throw NotFound(modelId);

    private static StatusException NotFound(string modelId) => StatusException.NotFound($"Logged model with ID '{modelId}' not found.");
}
