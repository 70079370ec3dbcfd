using System.Text;
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
        var secret = Secret(context.Request.Headers.Authorization.ToString());
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

    /// <summary>The token of <c>Bearer TOKEN</c>; or, of clients that know names and passwords only, the password of <c>Basic</c>.</summary>
    private static string Secret(string header)
    {
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return header["Bearer ".Length..].Trim();
        }

        var bytes = new byte[header.Length];
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var length))
        {
            var pair = Encoding.UTF8.GetString(bytes, 0, length);
            return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }

        return "";
    }

    private static IReadOnlyList<string> PermissionsOf(string role) =>
        role == Role.Task.Name ? Role.Task.Permissions : Role.Find(role).Permissions;
}
