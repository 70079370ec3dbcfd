using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Security;
using Microsoft.AspNetCore.Http;

namespace Cairn.Server.Entry;

/// <summary>
/// Cross-origin resource sharing (fetch.spec.whatwg.org, "HTTP CORS protocol") for resources whose owners admit pages of other origins.
/// Pages are admitted with a bearer token of their own only: what a browser adds by itself, and the anonymous identity of a loopback
/// server, are not theirs to use.
/// </summary>
internal sealed class CrossOriginGate(RouteTable routes, IEnumerable<ICrossOrigin> owners)
{
    private readonly ICrossOrigin[] _owners = [.. owners];

    /// <summary>Lets a request of a foreign page on, with the headers that show it the answer; or answers a preflight.</summary>
    /// <returns>Whether the request has been answered.</returns>
    /// <exception cref="StatusException">PERMISSION_DENIED where nobody admits the page.</exception>
    public async Task<bool> AdmitAsync(HttpContext context, RequestPath path)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        var asked = request.Headers.AccessControlRequestMethod.ToString();
        var preflight = HttpMethods.IsOptions(request.Method) && asked.Length > 0;
        var method = preflight ? asked : request.Method;
        if (await FindAsync(context, path, origin, method) is not { } grant)
        {
            throw OriginGuard.Refusal(origin);
        }

        var headers = context.Response.Headers;
        if (preflight)
        {
            headers.AccessControlAllowHeaders = Requested(request, grant, origin);
            headers.AccessControlAllowMethods = method;
            headers.AccessControlMaxAge = grant.MaxAgeSeconds.ToString(CultureInfo.InvariantCulture);
            Show(context, origin);
            context.Response.ContentLength = 0;
            return true;
        }

        // At the start of the answer, because what fails on the way clears the headers; the page may read that answer, too.
        context.Response.OnStarting(() =>
        {
            var readable = string.Join(", ", headers.Keys.Where(grant.AdmitsHeader).ToList());
            if (readable.Length > 0)
            {
                headers.AccessControlExposeHeaders = readable;
            }

            Show(context, origin);
            return Task.CompletedTask;
        });
        return false;
    }

    /// <summary>Refuses an identity that the page has not proven by a token.</summary>
    /// <exception cref="StatusException">UNAUTHENTICATED.</exception>
    public static void RequireToken(HttpRequest request, Principal caller)
    {
        if (
            caller.Name == Principal.Anonymous.Name
            || !request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw StatusException.Unauthenticated(
                $"A page of another origin ('{request.Headers.Origin}') needs a token, also where this server asks nobody else for one: send 'Authorization: Bearer TOKEN'."
            );
        }
    }

    private async Task<CrossOriginGrant?> FindAsync(HttpContext context, RequestPath path, string origin, string method)
    {
        if (routes.Match(method, path) is not { } match)
        {
            return null;
        }

        foreach (var owner in _owners)
        {
            if (await owner.FindAsync(origin, method, match.Route, match.Values, context.RequestAborted) is { } grant)
            {
                return grant;
            }
        }

        return null;
    }

    // No page gets in without a token, so that the header which carries it goes without saying.
    private static string Requested(HttpRequest request, CrossOriginGrant grant, string origin)
    {
        var wanted = request
            .Headers.AccessControlRequestHeaders.ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var header in wanted)
        {
            if (!header.Equals("authorization", StringComparison.OrdinalIgnoreCase) && !grant.AdmitsHeader(header))
            {
                throw StatusException.PermissionDenied(
                    $"Pages of '{origin}' may not send the header '{header}' here: the bucket's `cors` does not have it as a `responseHeader`."
                );
            }
        }

        return string.Join(", ", wanted);
    }

    private static void Show(HttpContext context, string origin)
    {
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.Append("Vary", "Origin");
    }
}
