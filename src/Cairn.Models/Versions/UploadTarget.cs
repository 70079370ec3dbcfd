namespace Cairn.Models.Versions;

/// <summary>The model that a new version goes into.</summary>
/// <param name="Model">Its name, without a version.</param>
/// <param name="Exists">Whether it must be there already, or must not.</param>
public sealed record UploadTarget(string Model, bool Exists);
