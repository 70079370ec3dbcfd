using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Security;

/// <summary>
/// <c>POST /cairn/v1/oauth2/token</c>, for clients such as gsutil that cannot be given a token: what they keep is a refresh token, for
/// which they ask for one (RFC 6749, section 6). Here both are the
/// same token, so that this gives nobody anything that they do not have.
/// </summary>
internal sealed class RefreshDoor(TokenCache tokens, TimeProvider time) : IDoor
{
    private const int MaxBody = 16 << 10;

    /// <summary>How long a client goes on with a token before it asks again, in seconds.</summary>
    private const int Usual = 3600;

    public void Map(IRoutes routes) => routes.Add("POST", "/cairn/v1/oauth2/token", IRoutes.Public, RefreshAsync, MaxBody);

    private async Task RefreshAsync(HttpContext context, RouteValues values)
    {
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : throw StatusException.InvalidArgument(
                "The body must be a form (application/x-www-form-urlencoded) with `grant_type` and `refresh_token`."
            );
        if (form["grant_type"] != "refresh_token")
        {
            throw StatusException.InvalidArgument($"`grant_type` is '{form["grant_type"]}'; only refresh_token is possible here.");
        }

        var secret = form["refresh_token"].ToString();
        if (secret.Length == 0 || await tokens.FindAsync(secret, context.RequestAborted) is not { } token)
        {
            throw StatusException.Unauthenticated(
                "The token in `refresh_token` is not known here, or has expired. Make a new one with 'cairn tokens create'."
            );
        }

        var left = token.Expires is { } end ? (end - time.GetUtcNow()).TotalSeconds : Usual;
        var reply = new Dictionary<string, object>
        {
            ["access_token"] = secret,
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)Math.Clamp(left, 1, Usual),
        };
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(reply, context.RequestAborted);
    }
}
