using Cairn.Models.Artifacts;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models.Versions;

/// <summary>A version that has been checked and can be registered.</summary>
/// <param name="Target">The model it goes into.</param>
/// <param name="Version">The version as it will be stored, but for its number.</param>
/// <param name="Artifacts">Its files, or null where it has none.</param>
public sealed record PreparedUpload(UploadTarget Target, Model Version, ArtifactManifest? Artifacts);
