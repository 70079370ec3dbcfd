using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cairn.Bench.Load;

/// <summary>HTTP/1.1 on raw sockets, one request at a time on each connection: cheap enough that the server is what is measured.</summary>
internal static class Http1Load
{
    /// <summary>
    /// Requests a second over <paramref name="connections"/> for <paramref name="duration"/>; adds each latency in milliseconds to
    /// <paramref name="latencies"/>.
    /// </summary>
    public static async Task<double> RunAsync(int port, byte[] request, int connections, TimeSpan duration, List<double>? latencies = null)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => ConnectionAsync(port, [request], clock, duration, latencies))
        );
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// How many of the requests, sent one after the other and from the first again, one connection had answered after
    /// <paramref name="duration"/>.
    /// </summary>
    public static Task<int> RunAsync(int port, byte[][] requests, TimeSpan duration) =>
        ConnectionAsync(port, requests, Stopwatch.StartNew(), duration, latencies: null);

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    public static byte[] Post(string path, string body) =>
        Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );

    private static async Task<int> ConnectionAsync(int port, byte[][] requests, Stopwatch clock, TimeSpan duration, List<double>? latencies)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[64 << 10];
        var count = 0;
        while (clock.Elapsed < duration)
        {
            var start = Stopwatch.GetTimestamp();
            await SendAsync(socket, requests[count % requests.Length]);
            await ReadAsync(socket, buffer);
            count++;
            if (latencies is not null)
            {
                lock (latencies)
                {
                    latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return count;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[(await socket.SendAsync(request))..];
        }
    }

    private static async Task ReadAsync(Socket socket, byte[] buffer)
    {
        var filled = 0;
        var total = -1;
        while (total < 0 || filled < total)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            filled += read;
            if (total < 0)
            {
                total = Total(buffer.AsSpan(0, filled));
            }
        }
    }

    /// <summary>The response's whole length once its headers are there, else -1.</summary>
    private static int Total(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return -1;
        }

        if (!bytes.StartsWith("HTTP/1.1 200"u8))
        {
            throw new IOException($"The server answered {Encoding.UTF8.GetString(bytes[..Math.Min(400, bytes.Length)])}");
        }

        var header = "Content-Length: "u8;
        var at = bytes[..end].IndexOf(header);
        return at >= 0 && Utf8Parser.TryParse(bytes[(at + header.Length)..end], out int length, out _)
            ? end + 4 + length
            : throw new IOException("The answer has no Content-Length.");
    }
}
