using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cairn.Bench.Load;

/// <summary>
/// Unary gRPC on raw sockets: HTTP/2 frames (RFC 9113) with headers as HPACK literals without indexing (RFC 7541, 6.2.2), one call at a
/// time on each connection.
/// </summary>
internal static class GrpcLoad
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const byte WindowUpdate = 8;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Ack = 1;

    /// <summary>The largest frame that a server accepts without having said otherwise (RFC 9113, 6.5.2).</summary>
    private const int MaxFrame = 16_384;

    /// <summary>Calls a second over <paramref name="connections"/> for <paramref name="duration"/>.</summary>
    public static async Task<double> RunAsync(
        int port,
        string path,
        byte[] frame,
        int connections,
        TimeSpan duration,
        List<double>? latencies = null
    )
    {
        var headers = Block(path);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => ConnectionAsync(port, headers, frame, clock, duration, latencies))
        );
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static async Task<int> ConnectionAsync(
        int port,
        byte[] headers,
        byte[] frame,
        Stopwatch clock,
        TimeSpan duration,
        List<double>? latencies
    )
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        // A large connection window at once, so that no replies wait for updates.
        await socket.SendAsync(
            (byte[])
                [
                    .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
                    .. Frame(Settings, 0, 0, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF]),
                    .. Frame(WindowUpdate, 0, 0, [0x70, 0, 0, 0]),
                ]
        );
        var reader = new Reader(socket);
        var count = 0;
        for (var stream = 1; clock.Elapsed < duration; stream += 2)
        {
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(Call(stream, headers, frame));
            await reader.UntilEndAsync(stream);
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

    private static byte[] Call(int stream, byte[] headers, byte[] message)
    {
        var bytes = new List<byte>(headers.Length + message.Length + 64);
        bytes.AddRange(Frame(Headers, EndHeaders, stream, headers));
        for (var at = 0; at < message.Length; at += MaxFrame)
        {
            var length = Math.Min(MaxFrame, message.Length - at);
            bytes.AddRange(Frame(Data, at + length == message.Length ? EndStream : (byte)0, stream, message.AsSpan(at, length)));
        }

        return [.. bytes];
    }

    private static byte[] Block(string path)
    {
        var block = new List<byte>();
        foreach (
            var (name, value) in ((string, string)[])
                [
                    (":method", "POST"),
                    (":scheme", "http"),
                    (":path", path),
                    (":authority", "localhost"),
                    ("content-type", "application/grpc"),
                    ("te", "trailers"),
                ]
        )
        {
            block.Add(0);
            Text(block, name);
            Text(block, value);
        }

        return [.. block];
    }

    /// <summary>A string literal: its length as an integer with a 7-bit prefix, then its bytes.</summary>
    private static void Text(List<byte> block, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.Add((byte)bytes.Length);
        }
        else
        {
            block.Add(127);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                block.Add((byte)((rest & 0x7F) | 0x80));
            }

            block.Add((byte)rest);
        }

        block.AddRange(bytes);
    }

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    private sealed class Reader(Socket socket)
    {
        private readonly byte[] _buffer = new byte[256 << 10];
        private int _start;
        private int _end;

        /// <summary>Reads frames until one ends the stream.</summary>
        public async Task UntilEndAsync(int stream)
        {
            while (true)
            {
                await FillAsync(9);
                var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start)) >>> 8;
                var (type, flags) = (_buffer[_start + 3], _buffer[_start + 4]);
                var id = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + 5));
                await FillAsync(9 + length);
                if (type is Reset or GoAway)
                {
                    throw new IOException($"The server ended the stream with frame type {type}.");
                }

                if ((type is Settings or Ping) && (flags & Ack) == 0)
                {
                    await socket.SendAsync(Frame(type, Ack, 0, type == Ping ? _buffer.AsSpan(_start + 9, length) : []));
                }

                _start += 9 + length;
                if (id == stream && type is Data or Headers && (flags & EndStream) != 0)
                {
                    return;
                }
            }
        }

        private async Task FillAsync(int count)
        {
            if (_start > 0 && (_start == _end || _buffer.Length - _start < count))
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            while (_end - _start < count)
            {
                var read = await socket.ReceiveAsync(_buffer.AsMemory(_end));
                if (read == 0)
                {
                    throw new IOException("The server closed the connection.");
                }

                _end += read;
            }
        }
    }
}
