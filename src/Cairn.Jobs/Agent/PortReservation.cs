using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Free ports of this machine that no other agent hands out as long as this one lives: for each it holds a socket of that name in Linux's
/// abstract namespace, which is the network namespace's as ports are, and gone with the process. They lie below the ports that the kernel
/// gives to connections.
/// </summary>
internal sealed class PortReservation : IDisposable
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int MaxTries = 2_000;

    private readonly List<Socket> _held = [];
    private readonly List<int> _ports = [];

    /// <exception cref="TaskFailure">There are none.</exception>
    public PortReservation(int count)
    {
        for (var tries = 0; _ports.Count < count; tries++)
        {
            if (tries == MaxTries)
            {
                Dispose();
                throw new TaskFailure(Code.ResourceExhausted, $"No free port was found on this machine between {First} and {Last}.");
            }

            TryHold(RandomNumberGenerator.GetInt32(First, Last));
        }
    }

    public IReadOnlyList<int> Ports => _ports;

    public void Dispose()
    {
        foreach (var socket in _held)
        {
            socket.Dispose();
        }

        _held.Clear();
    }

    private void TryHold(int port)
    {
        var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            name.Bind(new UnixDomainSocketEndPoint($"\0cairn-port-{port}"));
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            _held.Add(name);
            _ports.Add(port);
        }
        catch (SocketException)
        {
            // Another agent's, or in use.
            name.Dispose();
        }
    }
}
