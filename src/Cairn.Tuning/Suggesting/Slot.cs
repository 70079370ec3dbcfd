using Cairn.Optimization.Spaces;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Suggesting;

/// <summary>One of the trials that a client asked for.</summary>
/// <param name="Trial">The trial that fills it: the client's own, which it gets again, or one that a user requested; null for a new
/// one.</param>
/// <param name="Pinned">What its context, and the user that requested it, have set already.</param>
/// <param name="NeedsPoint">Whether parameters are still to be found.</param>
/// <param name="Description">The context's description.</param>
internal sealed record Slot(Trial? Trial, IReadOnlyDictionary<string, ParameterValue> Pinned, bool NeedsPoint, string Description);
