namespace Cairn.Tracking.LoggedModels;

/// <summary>A logged model that a run made or used.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="IsOutput">Whether the run made it; else it used it.</param>
/// <param name="Step">The step at which it was made; 0 of one that was used.</param>
public sealed record RunModel(string ModelId, bool IsOutput, long Step);
