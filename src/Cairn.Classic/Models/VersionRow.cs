namespace Cairn.Classic.Models;

/// <summary>What stands behind a classic version.</summary>
/// <param name="Name"><c>projects/PROJECT/models/MODEL/versions/VERSION</c>.</param>
/// <param name="Number">The number of the registry's version, or empty while it is not registered.</param>
/// <param name="Deployed">The ID under which it is deployed to the model's endpoint, or empty.</param>
internal sealed record VersionRow(string Name, string Number, string Deployed);
