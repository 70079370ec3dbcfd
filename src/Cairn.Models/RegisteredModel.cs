using Cairn.Models.Artifacts;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models;

/// <summary>One version of a model, as it is served.</summary>
/// <param name="Name">The model's name with the version's number.</param>
/// <param name="Message">As <c>GetModel</c> answers it.</param>
/// <param name="Artifacts">The files it was registered with; null where it has none.</param>
public sealed record RegisteredModel(ModelName Name, Model Message, ArtifactManifest? Artifacts);
