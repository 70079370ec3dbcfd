namespace Cairn.Tracking.Tensorboards.Runs;

/// <summary>An experiment as this room needs it. Times are microseconds since 1970.</summary>
/// <param name="Tensorboard">The Tensorboard that shows it; null for the location's default one.</param>
internal sealed record TrackedExperiment(long Id, string Project, string Location, string Slug, string Name, string? Tensorboard, long Created, long Updated);
