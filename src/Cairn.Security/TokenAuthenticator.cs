using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Cairn.Security;

/// <summary>
/// Identity by bearer token. Where authentication is off (a server bound to loopback), a request without a known token is anonymous; a
/// known one still limits its bearer, so that a task stays in its project. A task's program that sends none is its task all the same,
/// because its origin is known; and what may come from a sandbox without its being certain from which needs a token.
/// </summary>
public sealed class TokenAuthenticator(TokenCache tokens, bool required, ICallOrigins? origins = null) : IAuthenticator
{
    private static readonly object OriginKey = new();

    public async ValueTask<Principal> AuthenticateAsync(HttpContext context)
    {
        var secret = Secret(context.Request.Headers.Authorization.ToString());
        if (secret.Length > 0 && await tokens.FindAsync(secret, context.RequestAborted) is { } token)
        {
            return Of(token);
        }

        if (!required)
        {
            return await WithoutTokenAsync(context);
        }

        throw StatusException.Unauthenticated(
            secret.Length == 0
                ? "This server asks for a token: send 'Authorization: Bearer TOKEN'. Its administrator makes one with 'cairn tokens create'."
                : "The token is not known here, or has expired. Make a new one with 'cairn tokens create'."
        );
    }

    private async ValueTask<Principal> WithoutTokenAsync(HttpContext context)
    {
        var origin = await OriginAsync(context);
        if (origin.IsOutside)
        {
            return Principal.Anonymous;
        }

        return origin.Token is { } secret && await tokens.FindAsync(secret, context.RequestAborted) is { } token
            ? Of(token)
            : throw StatusException.Unauthenticated(
                "While tasks run on this machine, a call needs a token unless it is certain that none of them makes it; it is not certain of this one. Send 'Authorization: Bearer TOKEN'; 'cairn tokens create NAME --data DIR' makes one on the server's machine."
            );
    }

    /// <summary>Looked for once a connection: who has it stays the same.</summary>
    private async ValueTask<CallOrigin> OriginAsync(HttpContext context)
    {
        if (origins is null)
        {
            return CallOrigin.Outside;
        }

        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(OriginKey, out var known))
        {
            return (CallOrigin)known!;
        }

        var origin = await origins.FindAsync(context.Connection, context.RequestAborted);
        if (items is not null)
        {
            items[OriginKey] = origin;
        }

        return origin;
    }

    private static Principal Of(Token token) => new(token.Subject, PermissionsOf(token.Role), token.Project);

    /// <summary>The token of <c>Bearer TOKEN</c>; or, of clients that know names and passwords only, the password of
    /// <c>Basic</c>.</summary>
    private static string Secret(string header)
    {
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return header["Bearer ".Length..].Trim();
        }

        var bytes = new byte[header.Length];
        if (
            header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var length)
        )
        {
            var pair = Encoding.UTF8.GetString(bytes, 0, length);
            return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }

        return "";
    }

    private static IReadOnlyList<string> PermissionsOf(string role) =>
        role == Role.Task.Name ? Role.Task.Permissions : Role.Find(role).Permissions;
}
