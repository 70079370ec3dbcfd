using System.Globalization;
using System.Net;
using Cairn.Kernel.Errors;

namespace Cairn.Server;

/// <summary>An address to listen on: <c>127.0.0.1:8080</c>, <c>localhost:8080</c>, <c>[::1]:8080</c>, <c>0.0.0.0:8080</c>.</summary>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <exception cref="StatusException">INVALID_ARGUMENT naming the option.</exception>
    public static ListenAddress Parse(string text, string option)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        var address =
            host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(host, out var parsed) ? parsed
            : null;
        return
            address is not null
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= 65535
            ? new ListenAddress(address, port)
            : throw StatusException.InvalidArgument($"{option} is '{text}'; it must be an IP address and a port, as in 127.0.0.1:8080.");
    }

    /// <summary>Host and port as a client on this machine reaches them once <paramref name="port"/> is bound.</summary>
    public string Reachable(int port)
    {
        var host =
            Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : Address;
        return new IPEndPoint(host, port).ToString();
    }
}
