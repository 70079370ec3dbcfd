namespace Cairn.Models.Versions;

/// <summary>The model that a new version goes into.</summary>
/// <param name="Model">Its name, without a version.</param>
/// <param name="Exists">Whether it must be there already, or must not.</param>
/// <param name="Named">Whether a model that is not there yet may have a name that was taken before its first version.</param>
public sealed record UploadTarget(string Model, bool Exists, bool Named = false);
