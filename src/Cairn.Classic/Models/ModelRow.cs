namespace Cairn.Classic.Models;

/// <summary>What stands behind a classic model.</summary>
/// <param name="Name"><c>projects/PROJECT/models/MODEL</c>.</param>
/// <param name="Registered">The model of the registry, or empty while there is no version.</param>
/// <param name="Endpoint">The endpoint that its versions are deployed to, or empty while there is none.</param>
/// <param name="DefaultVersion">The default version's full name, or empty while there is none.</param>
internal sealed record ModelRow(string Name, string Registered, string Endpoint, string DefaultVersion);
