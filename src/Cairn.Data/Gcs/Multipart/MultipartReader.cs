using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs.Multipart;

/// <summary>
/// Reads <c>multipart/related</c> and <c>multipart/mixed</c> bodies (RFC 2046) part by part, in the memory of one buffer. Unlike the framework's reader it takes the
/// bare line feeds that Google's Python clients send, and it tells a body that was cut off from one that ended.
/// </summary>
public sealed class MultipartReader
{
    private const int MaxHeaderBytes = 16 * 1024;

    private readonly Stream source;
    private readonly byte[] buffer = new byte[128 * 1024];
    private readonly byte[] opening;
    private byte[] delimiter;
    private int start;
    private int end;
    private bool sourceEnded;
    private bool partEnded;
    private bool ended;

    public MultipartReader(Stream source, string boundary)
    {
        this.source = source;
        opening = Encoding.ASCII.GetBytes("--" + boundary);
        delimiter = [];
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

        throw StatusException.InvalidArgument($"The content type '{contentType}' has no boundary of 1 to 200 characters, which a multipart body needs.");
    }

    /// <summary>Goes to the next part and returns its headers; null after the last part. What was not read of the part before is skipped.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the body is cut off or is no multipart body.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> NextAsync(CancellationToken cancellation)
    {
        if (ended)
        {
            return null;
        }

        if (delimiter.Length == 0)
        {
            await ReadOpeningAsync(cancellation).ConfigureAwait(false);
        }
        else
        {
            while (!partEnded)
            {
                await ReadAsync(new byte[buffer.Length], cancellation).ConfigureAwait(false);
            }

            var rest = await ReadLineAsync(cancellation).ConfigureAwait(false);
            if (rest.StartsWith("--", StringComparison.Ordinal))
            {
                ended = true;
                return null;
            }
        }

        partEnded = false;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var bytes = 0;
        while (await ReadLineAsync(cancellation).ConfigureAwait(false) is { Length: > 0 } line)
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
        while ((read = await ReadAsync(piece, cancellation).ConfigureAwait(false)) > 0)
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
        while (!partEnded && target.Length > 0)
        {
            var available = buffer.AsSpan(start, end - start);
            var at = available.IndexOf(delimiter);
            // Without the delimiter in sight, only its possible beginning at the buffer's end has to stay.
            var ready = at >= 0 ? at : Math.Max(0, available.Length - delimiter.Length + 1);
            if (ready > 0)
            {
                var count = Math.Min(ready, target.Length);
                available[..count].CopyTo(target.Span);
                start += count;
                return count;
            }

            if (at == 0)
            {
                start += delimiter.Length;
                partEnded = true;
            }
            else
            {
                await FillAsync(cancellation).ConfigureAwait(false);
            }
        }

        return 0;
    }

    // The first delimiter may stand at the very beginning, and its line's end tells which ends of line the sender uses.
    private async Task ReadOpeningAsync(CancellationToken cancellation)
    {
        for (var lines = 0; lines < 100; lines++)
        {
            var line = await ReadRawLineAsync(cancellation).ConfigureAwait(false);
            var windows = line.Length > 0 && line[^1] == '\r';
            if (line.AsSpan().TrimEnd("\r \t"u8).SequenceEqual(opening))
            {
                delimiter = [.. windows ? "\r\n"u8 : "\n"u8, .. opening];
                return;
            }
        }

        throw Malformed("it does not begin with its boundary");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
        => Encoding.UTF8.GetString(await ReadRawLineAsync(cancellation).ConfigureAwait(false)).TrimEnd('\r');

    private async Task<byte[]> ReadRawLineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = buffer.AsSpan(start, at).ToArray();
                start += at + 1;
                return line;
            }

            if (end - start > MaxHeaderBytes)
            {
                throw Malformed("a line is too long");
            }

            if (sourceEnded && partEnded)
            {
                // Nothing has to follow the closing delimiter, not even the end of its line.
                var rest = buffer.AsSpan(start, end - start).ToArray();
                start = end;
                return rest;
            }

            await FillAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        if (sourceEnded)
        {
            throw Malformed("it ends before its closing boundary");
        }

        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        var read = await source.ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
        end += read;
        sourceEnded = read == 0;
        if (sourceEnded && !partEnded)
        {
            throw Malformed("it ends before its closing boundary");
        }
    }

    private static StatusException Malformed(string objection) => StatusException.InvalidArgument($"The multipart body is malformed: {objection}. Nothing was stored.");
}
