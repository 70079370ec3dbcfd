namespace Cairn.Fuzz.Hosting;

/// <summary>
/// Where the server is, and the tokens that it takes: an administrator's, an editor's, a viewer's; none where it asks for none.
/// </summary>
internal sealed record ServerPlace(string Http, string Grpc, string[] Tokens);
