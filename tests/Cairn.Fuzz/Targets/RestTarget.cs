using System.Diagnostics;
using System.Text;
using Cairn.Fuzz.Cases;

namespace Cairn.Fuzz.Targets;

/// <summary>
/// Sends calls over HTTP/1.1. Not for several threads at once: it has one connection, and opens another where that has ended.
/// </summary>
internal sealed class RestTarget(Uri server) : IDisposable
{
    /// <summary>After this long no answer is expected any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private HttpConnection? _connection;

    public async Task<Answer> SendAsync(Call call, string? token)
    {
        var clock = Stopwatch.StartNew();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var fresh = _connection is not { IsOpen: true };
            var answer = await ExchangeAsync(call, token, patience.Token);
            if (answer is null && !fresh)
            {
                // A connection that has been open may be closed while a request is on its way; a new one is not.
                answer = await ExchangeAsync(call, token, patience.Token);
            }

            return (answer ?? new Answer(0, "", "", "the connection was closed without an answer")) with
            {
                Took = clock.Elapsed,
            };
        }
        catch (OperationCanceledException)
        {
            Drop();
            return new Answer(0, "", "", $"there was no answer within {Patience.TotalSeconds:0} s") { Took = clock.Elapsed };
        }
        catch (System.Net.Sockets.SocketException error)
        {
            Drop();
            return new Answer(0, "", "", $"the server does not take connections: {error.Message}") { Took = clock.Elapsed };
        }
    }

    public void Dispose() => _connection?.Dispose();

    private async Task<Answer?> ExchangeAsync(Call call, string? token, CancellationToken cancellation)
    {
        if (_connection is not { IsOpen: true })
        {
            Drop();
            _connection = new HttpConnection();
            await _connection.ConnectAsync(server.Host, server.Port, cancellation);
        }

        var last = call.Framing is Framing.TooLong or Framing.TooShort or Framing.NoLength || !call.IsWellFramed;
        var answer = await _connection.ExchangeAsync(Bytes(call, token), call.Method, last, cancellation);
        if (answer is null)
        {
            Drop();
        }

        return answer;
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private byte[] Bytes(Call call, string? token)
    {
        var head = new StringBuilder($"{call.Method} {call.Target} HTTP/1.1\r\nHost: {server.Authority}\r\n");
        if (token is not null)
        {
            head.Append("Authorization: Bearer ").Append(token).Append("\r\n");
        }

        foreach (var (name, value) in call.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        var body = call.Body ?? [];
        head.Append(
                call.Framing switch
                {
                    _ when call.Body is null => "",
                    Framing.Chunked => "Transfer-Encoding: chunked\r\n",
                    Framing.TooLong => $"Content-Length: {body.Length + 10}\r\n",
                    Framing.TooShort => $"Content-Length: {body.Length / 2}\r\n",
                    Framing.NoLength => "Content-Length: 1x\r\n",
                    _ => $"Content-Length: {body.Length}\r\n",
                }
            )
            .Append("\r\n");
        var start = Encoding.UTF8.GetBytes(head.ToString());
        return call.Framing == Framing.Chunked && call.Body is not null ? [.. start, .. Chunks(body)] : [.. start, .. body];
    }

    private static byte[] Chunks(byte[] body)
    {
        var chunked = new MemoryStream();
        foreach (var chunk in body.Chunk(1_000).Append([]))
        {
            chunked.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            chunked.Write(chunk);
            chunked.Write("\r\n"u8);
        }

        return chunked.ToArray();
    }
}
