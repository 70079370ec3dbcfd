using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cairn.Fuzz.Cases;

namespace Cairn.Fuzz.Targets;

/// <summary>One connection of HTTP/1.1, by hand, because no library sends what is wrong. Answers are read as RFC 9112 has them.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 << 10];
    private NetworkStream _stream = null!;
    private int _start;
    private int _end;

    /// <summary>Whether another request may follow.</summary>
    public bool IsOpen { get; private set; } = true;

    public async Task ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        await _client.ConnectAsync(host, port, cancellation);
        _stream = _client.GetStream();
    }

    /// <summary>Null where the connection ends without an answer.</summary>
    public async Task<Answer?> ExchangeAsync(byte[] request, string method, bool last, CancellationToken cancellation)
    {
        try
        {
            await _stream.WriteAsync(request, cancellation);
            if (last)
            {
                _client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (IOException)
        {
            // The server may have answered before it had read all, and closed: that answer is still there to read.
        }

        IsOpen = false;
        try
        {
            var answer = await ReadAsync(method, cancellation);
            IsOpen &= !last;
            return answer;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<Answer?> ReadAsync(string method, CancellationToken cancellation)
    {
        while (true)
        {
            if (await LineAsync(cancellation) is not { Length: > 0 } first)
            {
                return null;
            }

            var status = int.Parse(first.AsSpan(9, 3), CultureInfo.InvariantCulture);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await LineAsync(cancellation) is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }

            if (status >= 200 || status == 101)
            {
                var body = method == "HEAD" || status is 204 or 304 ? [] : await BodyAsync(headers, cancellation);
                IsOpen = !headers.GetValueOrDefault("Connection", "").Equals("close", StringComparison.OrdinalIgnoreCase) && IsOpen;
                return new Answer(status, Text(body, headers), headers.GetValueOrDefault("Content-Type", ""));
            }
        }
    }

    private static string Text(byte[] body, Dictionary<string, string> headers)
    {
        if (
            headers.GetValueOrDefault("Content-Encoding") == "gzip"
            && headers.GetValueOrDefault("Content-Type", "").StartsWith("application/json", StringComparison.Ordinal)
        )
        {
            using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            body = plain.ToArray();
        }

        return Answer.Decode(body);
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken cancellation)
    {
        IsOpen = true;
        if (headers.TryGetValue("Content-Length", out var length))
        {
            return await ExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellation);
        }

        var body = new MemoryStream();
        if (headers.ContainsKey("Transfer-Encoding"))
        {
            while (
                await LineAsync(cancellation) is { } size
                && int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var count
            )
            {
                body.Write(await ExactlyAsync(count, cancellation));
                await LineAsync(cancellation);
                if (count == 0)
                {
                    break;
                }
            }

            return body.ToArray();
        }

        IsOpen = false;
        while (_start < _end || await FillAsync(cancellation))
        {
            body.Write(_buffer, _start, _end - _start);
            _start = _end;
        }

        return body.ToArray();
    }

    private async Task<string?> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (_start < _end || await FillAsync(cancellation))
        {
            var c = (char)_buffer[_start++];
            if (c == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(c);
        }

        return null;
    }

    private async Task<byte[]> ExactlyAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count; )
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                throw new IOException($"The answer ended {count - got} bytes before its end.");
            }

            var take = Math.Min(count - got, _end - _start);
            _buffer.AsSpan(_start, take).CopyTo(bytes.AsSpan(got));
            (_start, got) = (_start + take, got + take);
        }

        return bytes;
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellation));
        return _end > 0;
    }
}
