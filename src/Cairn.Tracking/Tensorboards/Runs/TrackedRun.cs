namespace Cairn.Tracking.Tensorboards.Runs;

/// <summary>A run as this room needs it. Times are microseconds since 1970.</summary>
/// <param name="Uuid">32 hexadecimal digits.</param>
internal sealed record TrackedRun(long Id, string Uuid, long Experiment, string Slug, string Name, long Created, long Updated);
