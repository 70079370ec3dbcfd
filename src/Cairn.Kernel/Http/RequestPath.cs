using System.Buffers;
using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Http;

/// <summary>
/// A request target, split at <c>/</c> before it is decoded, so that an encoded slash stays inside its segment. Decoded once, strictly:
/// what is not valid percent-encoded UTF-8, or holds a NUL, is refused.
/// </summary>
public sealed class RequestPath
{
    /// <summary>The longest accepted path in characters.</summary>
    public const int MaxLength = 16_384;

    /// <summary>
    /// The longest accepted target in characters, query included: a client that reads a thousand time series names each of them there.
    /// </summary>
    public const int MaxTarget = 480 << 10;

    private const int MaxSegments = 1_100;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly string[] _raw;
    private readonly string[] _decoded;

    private RequestPath(string[] raw, string[] decoded, string query)
    {
        _raw = raw;
        _decoded = decoded;
        Query = query;
    }

    public int Count => _raw.Length;

    /// <summary>What follows <c>?</c>, still encoded.</summary>
    public string Query { get; }

    public string Raw(int index) => _raw[index];

    public string Decoded(int index) => _decoded[index];

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static RequestPath Parse(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        if (path.Length > MaxLength || target.Length > MaxTarget)
        {
            throw StatusException.InvalidArgument(
                $"The request's address is {target.Length} characters long, its path {path.Length}; at most {MaxTarget} and {MaxLength} are accepted."
            );
        }

        // A proxy's absolute form: http://host/path.
        if (!path.StartsWith('/') && path.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0)
        {
            var slash = path.IndexOf('/', scheme + 3);
            path = slash < 0 ? "/" : path[slash..];
        }

        var segments = path.Length == 0 || path[0] != '/' ? [] : path[1..].Split('/');
        if (segments.Length > MaxSegments)
        {
            throw StatusException.InvalidArgument(
                $"The request's path has {segments.Length} segments; at most {MaxSegments} are accepted."
            );
        }

        var query = question < 0 ? "" : target[(question + 1)..];
        RequireQuery(query);
        return new RequestPath(segments, Array.ConvertAll(segments, Decode), query);
    }

    /// <summary>
    /// What is percent-encoded in a query must be UTF-8 without NUL: a decoder that is lenient leaves it encoded, or puts another character
    /// there, and a name is looked up that the caller did not mean. A '%' that is no escape stays what it is.
    /// </summary>
    private static void RequireQuery(string query)
    {
        Span<byte> run = stackalloc byte[256];
        for (var at = query.IndexOf('%', StringComparison.Ordinal); at >= 0; at = query.IndexOf('%', at))
        {
            var length = 0;
            var start = at;
            while (
                length < run.Length
                && at + 2 < query.Length
                && query[at] == '%'
                && char.IsAsciiHexDigit(query[at + 1])
                && char.IsAsciiHexDigit(query[at + 2])
            )
            {
                run[length++] = Convert.ToByte(query.Substring(at + 1, 2), 16);
                at += 3;
            }

            if (length == run.Length)
            {
                // A character may go on past the run: the next one begins with its last characters again.
                var whole = length;
                while (whole > length - 4 && (run[whole - 1] & 0xC0) == 0x80)
                {
                    whole--;
                }

                (length, at) = (whole - 1, start + (3 * (whole - 1)));
            }

            if (run[..length].Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(run[..length]))
            {
                throw StatusException.InvalidArgument("The request's query is not percent-encoded UTF-8, or has an encoded NUL character.");
            }

            at = length == 0 ? at + 1 : at;
            if (at >= query.Length)
            {
                break;
            }
        }
    }

    private static string Decode(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(segment.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < segment.Length; i++)
            {
                if (segment[i] != '%')
                {
                    length += Encoding.UTF8.GetBytes(segment.AsSpan(i, 1), bytes.AsSpan(length));
                    continue;
                }

                if (i + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[i + 1]) || !char.IsAsciiHexDigit(segment[i + 2]))
                {
                    throw StatusException.InvalidArgument(
                        $"The path segment '{segment}' has a '%' that two hexadecimal digits do not follow."
                    );
                }

                bytes[length++] = Convert.ToByte(segment.Substring(i + 1, 2), 16);
                i += 2;
            }

            if (bytes.AsSpan(0, length).Contains((byte)0))
            {
                throw StatusException.InvalidArgument("The request's path has an encoded NUL character.");
            }

            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw StatusException.InvalidArgument($"The path segment '{segment}' is not percent-encoded UTF-8.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
