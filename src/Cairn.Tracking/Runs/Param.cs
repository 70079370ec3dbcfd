namespace Cairn.Tracking.Runs;

/// <summary>A parameter of a run. MLflow reads the text; Vertex reads a number where a number was written.</summary>
/// <param name="Key">The name.</param>
/// <param name="Value">The value as text; a number in its shortest form that reads back the same.</param>
/// <param name="IsNumber">Whether it was written as a number.</param>
public readonly record struct Param(string Key, string Value, bool IsNumber = false);
