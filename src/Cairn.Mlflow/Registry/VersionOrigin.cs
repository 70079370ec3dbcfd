namespace Cairn.Mlflow.Registry;

/// <summary>What the source of a version comes to.</summary>
/// <param name="Address">The address of the files.</param>
/// <param name="Run">The run that made the logged model or version that the source names; else empty.</param>
/// <param name="ModelId">The logged model that the files are of, or empty.</param>
internal sealed record VersionOrigin(string Address, string Run, string ModelId);
