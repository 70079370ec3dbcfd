using System.Net;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Server.Entry;

/// <summary>
/// Keeps web pages that a browser on this machine has open from using a loopback server: a page of another origin sends its <c>Origin</c>, and a name
/// that was rebound to 127.0.0.1 stands in <c>Host</c>.
/// </summary>
internal sealed class OriginGuard(bool checkHost, IReadOnlyList<string> allowedHosts)
{
    /// <exception cref="StatusException">PERMISSION_DENIED.</exception>
    public void Check(HttpRequest request)
    {
        var host = request.Host;
        if (checkHost && !IsOwn(host.Host))
        {
            throw StatusException.PermissionDenied($"The request's Host is '{host}', and this server answers to loopback names only. Allow it with --allowed-host {host.Host}.");
        }

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            // Same origin: the console. The scheme is not compared, because a proxy may end TLS.
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || (uri.Authority != host.Value && !string.Equals($"{uri.Host}:{uri.Port}", host.Value, StringComparison.OrdinalIgnoreCase)))
            {
                throw StatusException.PermissionDenied($"The request comes from a page of '{origin}', which is not this server's.");
            }
        }
        else if (request.Headers["Sec-Fetch-Site"] == "cross-site" && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            throw StatusException.PermissionDenied("The request comes from a page of another site.");
        }
    }

    private bool IsOwn(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || allowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
