using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Http;

namespace Cairn.Security;

/// <summary>
/// Identity by bearer token. Where authentication is off (a server bound to loopback), a request without a known token is anonymous; a known one still
/// limits its bearer, so that a task stays in its project.
/// </summary>
public sealed class TokenAuthenticator(TokenCache tokens, bool required) : IAuthenticator
{
    public async ValueTask<Principal> AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var secret = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : "";
        if (secret.Length > 0 && await tokens.FindAsync(secret, context.RequestAborted).ConfigureAwait(false) is { } token)
        {
            return new Principal(token.Subject, PermissionsOf(token.Role), token.Project);
        }

        if (!required)
        {
            return Principal.Anonymous;
        }

        throw StatusException.Unauthenticated(secret.Length == 0
            ? "This server asks for a token: send 'Authorization: Bearer TOKEN'. Its administrator makes one with 'cairn tokens create'."
            : "The token is not known here, or has expired. Make a new one with 'cairn tokens create'.");
    }

    private static IReadOnlyList<string> PermissionsOf(string role) =>
        role == Role.Task.Name ? Role.Task.Permissions : Role.Find(role).Permissions;
}
