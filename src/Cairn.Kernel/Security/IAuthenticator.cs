using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Security;

/// <summary>Tells who sent a request. Called once for each, before any door sees it.</summary>
public interface IAuthenticator
{
    /// <exception cref="Errors.StatusException">UNAUTHENTICATED where the request carries no valid credential and one is
    /// needed.</exception>
    ValueTask<Principal> AuthenticateAsync(HttpContext context);
}
