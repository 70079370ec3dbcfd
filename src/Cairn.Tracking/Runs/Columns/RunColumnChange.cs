namespace Cairn.Tracking.Runs.Columns;

/// <summary>A value of a run in a column, or null to take it out.</summary>
internal readonly record struct RunColumnChange(long Experiment, long Key, long Run, double? Value);
