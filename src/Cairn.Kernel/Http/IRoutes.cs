using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>
/// Where doors add routes. Templates have the grammar of <c>google.api.http</c>: <c>/storage/v1/b/{bucket}/o/{object}</c> (one segment
/// each, percent-decoded, so an object name may contain <c>/</c> as <c>%2F</c>), <c>/x/{path=**}</c> (all that is left),
/// <c>{name=projects/*/models/*}:verb</c>. A request has been authenticated, matched, and its permission checked before its handler runs.
/// <see cref="Errors.StatusException"/>s become Google's JSON error body unless the door writes its own.
/// </summary>
public interface IRoutes
{
    /// <param name="method">The HTTP method.</param>
    /// <param name="template">The path template.</param>
    /// <param name="permission">The permission the caller needs (<c>storage.objects.get</c>), <see cref="AnyCaller"/> or
    /// <see cref="Public"/>.</param>
    /// <param name="handler">What answers.</param>
    /// <param name="maxBody">The largest request body in bytes that is accepted; null for no limit (streamed uploads).</param>
    /// <param name="errors">Writes what goes wrong in the form of the door's protocol, also before the handler is called; null for
    /// Google's.</param>
    void Add(
        string method,
        string template,
        string permission,
        Func<HttpContext, RouteValues, Task> handler,
        long? maxBody = 4 << 20,
        Func<HttpContext, Errors.StatusException, Task>? errors = null
    );

    /// <summary>The permission of routes that need no identity (health).</summary>
    const string Public = "public";

    /// <summary>The permission of routes that need an identity only, and ask for permissions themselves, part by part (batches).</summary>
    const string AnyCaller = "any-caller";
}
