namespace Cairn.Security;

/// <summary>A token as it is listed: never its secret, which only its bearer has.</summary>
/// <param name="Id">Names it in listings and revocations.</param>
/// <param name="Subject">Who it speaks for: <c>user:ada</c>, <c>task:123</c>.</param>
/// <param name="Role">Its role's name.</param>
/// <param name="Project">The only project it may touch, or null for all.</param>
/// <param name="Expires">When it stops working, or null for never.</param>
public sealed record Token(string Id, string Subject, string Role, string? Project, DateTimeOffset Created, DateTimeOffset? Expires);
