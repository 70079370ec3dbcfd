using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Multipart;

/// <summary>
/// Reads <c>multipart/related</c> and <c>multipart/mixed</c> bodies (RFC 2046) part by part, in the memory of one buffer. Unlike the
/// framework's reader it takes the bare line feeds that Google's Python clients send, and it tells a body that was cut off from one that
/// ended.
/// </summary>
public sealed class MultipartReader
{
    private const int MaxHeaderBytes = 16 * 1024;

    private readonly Stream _source;
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly byte[] _opening;
    private byte[] _delimiter;
    private int _start;
    private int _end;
    private bool _sourceEnded;
    private bool _partEnded;
    private bool _ended;

    public MultipartReader(Stream source, string boundary)
    {
        _source = source;
        _opening = Encoding.ASCII.GetBytes("--" + boundary);
        _delimiter = [];
    }

    /// <summary>The boundary of a multipart content type; quotes of either kind around it are not part of it.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where there is none.</exception>
    public static string BoundaryOf(string? contentType)
    {
        foreach (var parameter in (contentType ?? "").Split(';', StringSplitOptions.TrimEntries).Skip(1))
        {
            const string key = "boundary=";
            if (parameter.StartsWith(key, StringComparison.OrdinalIgnoreCase))
            {
                var boundary = parameter[key.Length..].Trim('"', '\'');
                if (boundary.Length is > 0 and <= 200)
                {
                    return boundary;
                }
            }
        }

        throw StatusException.InvalidArgument(
            $"The content type '{contentType}' has no boundary of 1 to 200 characters, which a multipart body needs."
        );
    }

    /// <summary>
    /// Goes to the next part and returns its headers; null after the last part. What was not read of the part before is skipped.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the body is cut off or is no multipart body.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> NextAsync(CancellationToken cancellation)
    {
        if (_ended)
        {
            return null;
        }

        if (_delimiter.Length == 0)
        {
            await ReadOpeningAsync(cancellation);
        }
        else
        {
            while (!_partEnded)
            {
                await ReadAsync(new byte[_buffer.Length], cancellation);
            }

            var rest = await ReadLineAsync(cancellation);
            if (rest.StartsWith("--", StringComparison.Ordinal))
            {
                _ended = true;
                return null;
            }
        }

        _partEnded = false;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var bytes = 0;
        while (await ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            bytes += line.Length;
            var colon = line.IndexOf(':');
            if (colon <= 0 || bytes > MaxHeaderBytes)
            {
                throw Malformed(colon <= 0 ? $"'{line}' is no header" : "a part's headers are too long");
            }

            headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        return headers;
    }

    /// <summary>The current part's content, to be read before the next part.</summary>
    public Stream Content => new PartStream(this);

    /// <summary>The current part's content as a whole.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is longer than <paramref name="limit"/> bytes.</exception>
    public async Task<byte[]> ReadAllAsync(int limit, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await ReadAsync(piece, cancellation)) > 0)
        {
            copy.Write(piece, 0, read);
            if (copy.Length > limit)
            {
                throw Malformed($"a part is longer than {limit} bytes");
            }
        }

        return copy.ToArray();
    }

    internal async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        while (!_partEnded && target.Length > 0)
        {
            var available = _buffer.AsSpan(_start, _end - _start);
            var at = available.IndexOf(_delimiter);
            // Without the delimiter in sight, only its possible beginning at the buffer's end has to stay.
            var ready = at >= 0 ? at : Math.Max(0, available.Length - _delimiter.Length + 1);
            if (ready > 0)
            {
                var count = Math.Min(ready, target.Length);
                available[..count].CopyTo(target.Span);
                _start += count;
                return count;
            }

            if (at == 0)
            {
                _start += _delimiter.Length;
                _partEnded = true;
            }
            else
            {
                await FillAsync(cancellation);
            }
        }

        return 0;
    }

    // The first delimiter may stand at the very beginning, and its line's end tells which ends of line the sender uses.
    private async Task ReadOpeningAsync(CancellationToken cancellation)
    {
        for (var lines = 0; lines < 100; lines++)
        {
            var line = await ReadRawLineAsync(cancellation);
            var windows = line.Length > 0 && line[^1] == '\r';
            if (line.AsSpan().TrimEnd("\r \t"u8).SequenceEqual(_opening))
            {
                _delimiter = [.. windows ? "\r\n"u8 : "\n"u8, .. _opening];
                return;
            }
        }

        throw Malformed("it does not begin with its boundary");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await ReadRawLineAsync(cancellation)).TrimEnd('\r');

    private async Task<byte[]> ReadRawLineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _buffer.AsSpan(_start, at).ToArray();
                _start += at + 1;
                return line;
            }

            if (_end - _start > MaxHeaderBytes)
            {
                throw Malformed("a line is too long");
            }

            if (_sourceEnded && _partEnded)
            {
                // Nothing has to follow the closing delimiter, not even the end of its line.
                var rest = _buffer.AsSpan(_start, _end - _start).ToArray();
                _start = _end;
                return rest;
            }

            await FillAsync(cancellation);
        }
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        if (_sourceEnded)
        {
            throw Malformed("it ends before its closing boundary");
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await _source.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        _sourceEnded = read == 0;
        if (_sourceEnded && !_partEnded)
        {
            throw Malformed("it ends before its closing boundary");
        }
    }

    private static StatusException Malformed(string objection) =>
        StatusException.InvalidArgument($"The multipart body is malformed: {objection}. Nothing was stored.");
}
