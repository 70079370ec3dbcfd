using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Stopping;

/// <summary>Says of a trial that still runs whether it is worth going on with.</summary>
public interface IStoppingRule
{
    /// <summary>How configuration refers to it.</summary>
    string Name { get; }

    /// <param name="problem">Its first objective is what counts.</param>
    /// <param name="trial">The trial that runs, with its measurements so far.</param>
    /// <param name="completed">Trials of the same study that ended with a final measurement, with their measurements.</param>
    /// <returns>Why it should stop, in a sentence; null where it should not, or cannot be told.</returns>
    string? ShouldStop(Problem problem, Trial trial, IReadOnlyList<Trial> completed);
}
