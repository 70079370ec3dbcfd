namespace Cairn.Models.Artifacts;

/// <summary>One file of a registered version.</summary>
/// <param name="Path">Below the artifact folder, with <c>/</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ArtifactFile(string Path, long Size, string Sha256);
