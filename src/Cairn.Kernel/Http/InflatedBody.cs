using System.IO.Compression;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>
/// A request's body that arrives as gzip (<c>Content-Encoding</c>, RFC 9110 section 8.4), inflated while it is read. The encoding is the
/// request's and not that of what the body stands for: an object that is to be stored as gzip says so in its metadata.
/// </summary>
public sealed class InflatedBody : ReadOnlyStream
{
    private readonly GZipStream _gzip;
    private readonly long? _most;
    private long _inflated;

    private InflatedBody(Stream source, long? most)
    {
        _gzip = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        _most = most;
    }

    /// <summary>Where the request's body is compressed, puts the inflated one in its place; nothing that reads it need know.</summary>
    /// <param name="most">The most bytes that the inflated body may have; null for any number.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT for another encoding than gzip.</exception>
    public static void Replace(HttpRequest request, long? most)
    {
        var encoding = request.Headers.ContentEncoding.ToString().Trim();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (!encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) && !encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
        {
            throw StatusException.InvalidArgument(
                $"The request's Content-Encoding is '{encoding}'; send the body as gzip, or as it is and without the header."
            );
        }

        var body = new InflatedBody(request.Body, most);
        request.HttpContext.Response.RegisterForDispose(body);
        request.Body = body;
        request.Headers.ContentEncoding = default;
        request.ContentLength = null;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await _gzip.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw StatusException.InvalidArgument(
                "The request says that its body is gzip (Content-Encoding), and it is not, or it is cut off."
            );
        }

        _inflated += read;
        return _inflated <= (_most ?? long.MaxValue)
            ? read
            : throw StatusException.InvalidArgument(
                $"The request's body inflates to more than the {_most} bytes that this method accepts."
            );
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }
}
