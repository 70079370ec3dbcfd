using System.Net;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Server.Entry;

/// <summary>
/// Keeps web pages that a browser on this machine has open from using a loopback server: a page of another origin sends its <c>Origin</c>,
/// and a name that was rebound to 127.0.0.1 stands in <c>Host</c>.
/// </summary>
internal sealed class OriginGuard(bool checkHost, IReadOnlyList<string> allowedHosts)
{
    /// <summary>Refuses what is addressed to another host, and what comes from a page of another origin.</summary>
    /// <exception cref="StatusException">PERMISSION_DENIED.</exception>
    public void Check(HttpRequest request)
    {
        if (CheckSender(request))
        {
            throw Refusal(request.Headers.Origin.ToString());
        }
    }

    /// <summary>
    /// The same for a request whose page a resource's owner may admit: true says that it comes from a page of another origin.
    /// </summary>
    /// <exception cref="StatusException">PERMISSION_DENIED.</exception>
    public bool CheckSender(HttpRequest request)
    {
        CheckHost(request);
        if (
            request.Headers.Origin.ToString().Length == 0
            && request.Headers["Sec-Fetch-Site"] == "cross-site"
            && !HttpMethods.IsGet(request.Method)
            && !HttpMethods.IsHead(request.Method)
        )
        {
            throw StatusException.PermissionDenied("The request comes from a page of another site.");
        }

        return IsForeign(request);
    }

    public static StatusException Refusal(string origin) =>
        StatusException.PermissionDenied($"The request comes from a page of '{origin}', which is not this server's.");

    private void CheckHost(HttpRequest request)
    {
        var host = request.Host;
        if (checkHost && !IsOwn(host.Host))
        {
            throw StatusException.PermissionDenied(
                $"The request's Host is '{host}', and this server answers to loopback names only. Allow it with --allowed-host {host.Host}."
            );
        }
    }

    private static bool IsForeign(HttpRequest request)
    {
        // Same origin: the console. The scheme is not compared, because a proxy may end TLS.
        var (origin, host) = (request.Headers.Origin.ToString(), request.Host.Value);
        return origin.Length > 0
            && (
                !Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || (uri.Authority != host && !string.Equals($"{uri.Host}:{uri.Port}", host, StringComparison.OrdinalIgnoreCase))
            );
    }

    private bool IsOwn(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || allowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
