using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Training.Pipelines;

/// <summary>The kind of stored resource.</summary>
internal static class TrainingPipelines
{
    public static ResourceKind Kind { get; } = new("TrainingPipeline", "trainingPipelines", TrainingPipeline.Descriptor);

    public static bool HasEnded(TrainingPipeline pipeline) =>
        pipeline.State is PipelineState.Succeeded or PipelineState.Failed or PipelineState.Cancelled;

    /// <summary>A state as the API spells it.</summary>
    public static string Spell(PipelineState state) => "PIPELINE_STATE_" + state.ToString().ToUpperInvariant();
}
