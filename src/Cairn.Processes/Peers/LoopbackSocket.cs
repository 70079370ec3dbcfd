using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Cairn.Processes.Peers;

/// <summary>The other end of a connection within this machine, as the kernel lists it in <c>/proc/net/tcp</c>
/// (<c>Documentation/networking/proc_net_tcp.rst</c>).</summary>
/// <param name="User">The user who made the socket.</param>
/// <param name="Inode">Its number, by which the descriptors of processes name it; 0 where no process has it any more.</param>
internal readonly record struct LoopbackSocket(uint User, ulong Inode)
{
    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int UserColumn = 7;
    private const int InodeColumn = 9;

    /// <summary>Finds the client's socket of a connection; null where there is none, as the client has gone.</summary>
    public static LoopbackSocket? Find(IPEndPoint client, IPEndPoint server)
    {
        // A socket for both versions of the protocol is listed among those of the newer, whatever it is connected to.
        foreach (var list in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (File.Exists(list) && Find(File.ReadLines(list), client, server) is { } socket)
            {
                return socket;
            }
        }

        return null;
    }

    internal static LoopbackSocket? Find(IEnumerable<string> lines, IPEndPoint client, IPEndPoint server)
    {
        var ports = string.Create(CultureInfo.InvariantCulture, $":{client.Port:X4} ");
        foreach (var line in lines)
        {
            if (
                line.Contains(ports, StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > InodeColumn } columns
                && IsAt(columns[LocalColumn], client)
                && IsAt(columns[RemoteColumn], server)
            )
            {
                return new LoopbackSocket(
                    uint.Parse(columns[UserColumn], CultureInfo.InvariantCulture),
                    ulong.Parse(columns[InodeColumn], CultureInfo.InvariantCulture)
                );
            }
        }

        return null;
    }

    /// <summary>An address is written as hexadecimal words in the machine's order of bytes, a port in the network's.</summary>
    private static bool IsAt(string text, IPEndPoint end)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is not (8 or 32) || int.Parse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) != end.Port)
        {
            return false;
        }

        var bytes = new byte[colon / 2];
        for (var i = 0; i < colon; i += 8)
        {
            MemoryMarshal.Write(bytes.AsSpan(i / 2), uint.Parse(text.AsSpan(i, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        return Plain(new IPAddress(bytes)).Equals(Plain(end.Address));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
