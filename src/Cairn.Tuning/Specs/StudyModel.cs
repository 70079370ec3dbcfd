using Cairn.Optimization.Designers;
using Cairn.Optimization.Stopping;
using Cairn.Optimization.Studies;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Specs;

/// <summary>What of a study never changes, made ready for use.</summary>
/// <param name="Spec">As it was created.</param>
/// <param name="Problem">The same as the optimisers have it.</param>
/// <param name="Designer">Its algorithm.</param>
/// <param name="StoppingRule">When its trials stop early; null for never.</param>
/// <param name="Predecessors">Numbers of the studies that it learns from, oldest first.</param>
internal sealed record StudyModel(
    StudySpec Spec,
    Problem Problem,
    IDesigner Designer,
    IStoppingRule? StoppingRule,
    IReadOnlyList<long> Predecessors
)
{
    public static StudyModel Make(StudySpec spec, long id, string algorithm, IReadOnlyList<long> predecessors) =>
        new(
            spec,
            SpecTranslation.Translate(spec, (ulong)id),
            Algorithms.Choose(spec, algorithm),
            Algorithms.StoppingRule(spec),
            predecessors
        );

    /// <summary>Whether a trial's worth is one number, which the store can keep in order.</summary>
    public bool HasOneObjective => Problem.Objectives.Count == 1;
}
