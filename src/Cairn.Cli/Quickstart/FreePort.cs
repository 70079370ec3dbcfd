using System.Net;
using System.Net.Sockets;

namespace Cairn.Cli.Quickstart;

/// <summary>Loopback ports that nobody listens on.</summary>
internal static class FreePort
{
    /// <summary>The wanted port where it is free, else another.</summary>
    public static int Near(int wanted) => IsFree(wanted) ? wanted : Any();

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int Any()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
