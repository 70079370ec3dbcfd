namespace Cairn.Cli.Api;

/// <summary>Which server, and as whom.</summary>
/// <param name="Endpoint">The server's HTTP address, without a trailing slash.</param>
/// <param name="Token">A bearer token, or null where the server asks for none.</param>
internal sealed record ApiAddress(string Endpoint, string? Token);
