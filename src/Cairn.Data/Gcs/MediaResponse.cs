using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Cairn.Data.Checksums;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>Answers with an object's bytes: whole, a range, or decompressed where the object is stored as gzip and the client does not take that.</summary>
public sealed class MediaResponse(ObjectStore store)
{
    private const int BufferSize = 256 * 1024;

    /// <exception cref="StatusException">NOT_FOUND, or with the reasons of preconditions and ranges.</exception>
    public async Task WriteAsync(HttpContext context, string bucket, string name)
    {
        var cancellation = context.RequestAborted;
        var generation = context.Generation();
        for (var attempt = 0; ; attempt++)
        {
            var item = await store.GetAsync(bucket, name, generation, context.Preconditions(), cancellation).ConfigureAwait(false);
            var transcode = item.Metadata.ContentEncoding == "gzip" && !AcceptsGzip(context);
            ByteRange? range = null;
            if (!transcode)
            {
                range = ByteRange.Parse(context.Request.Headers.Range, item.Content.Size, out var unsatisfiable);
                if (unsatisfiable)
                {
                    context.Response.Headers.ContentRange = $"bytes */{item.Content.Size.ToString(CultureInfo.InvariantCulture)}";
                    throw new StatusException(
                        Code.OutOfRange,
                        $"The requested range '{context.Request.Headers.Range}' cannot be satisfied: '{bucket}/{name}' has {item.Content.Size} bytes.",
                        new ErrorInfo { Domain = "storage", Type = DataErrors.RangeNotSatisfiable });
                }
            }

            try
            {
                await using var content = await store.OpenAsync(item, range?.Start ?? 0, range?.Length, cancellation).ConfigureAwait(false);
                SetHeaders(context, item, range, transcode);
                if (!HttpMethods.IsHead(context.Request.Method))
                {
                    await SendAsync(context, content, transcode, cancellation).ConfigureAwait(false);
                }

                return;
            }
            catch (StatusException error) when (error.Code == Code.NotFound && generation is null && attempt < 10)
            {
                // Replaced between the look-up and the opening: the next look-up finds the successor.
            }
        }
    }

    private static bool AcceptsGzip(HttpContext context)
        => context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);

    private static void SetHeaders(HttpContext context, ObjectRecord item, ByteRange? range, bool transcode)
    {
        var response = context.Response;
        var (headers, metadata, content) = (response.Headers, item.Metadata, item.Content);
        response.StatusCode = range is null ? 200 : 206;
        response.ContentType = Ascii(metadata.ContentType) ?? "application/octet-stream";
        headers.ETag = ObjectResource.Etag(item);
        headers.LastModified = Timestamps.FromMicros(item.Updated).ToString("R", CultureInfo.InvariantCulture);
        headers.CacheControl = Ascii(metadata.CacheControl) ?? "private, max-age=0";
        headers["x-goog-generation"] = Text(item.Generation);
        headers["x-goog-metageneration"] = Text(item.Metageneration);
        headers["x-goog-storage-class"] = metadata.StorageClass;
        headers["x-goog-stored-content-encoding"] = Ascii(metadata.ContentEncoding) ?? "identity";
        headers["x-goog-stored-content-length"] = Text(content.Size);
        headers["x-goog-hash"] = content.Md5 is null ? $"crc32c={Crc32C.ToBase64(content.Crc32C)}" : $"crc32c={Crc32C.ToBase64(content.Crc32C)},md5={content.Md5}";
        headers.ContentDisposition = Ascii(metadata.ContentDisposition);
        headers.ContentLanguage = Ascii(metadata.ContentLanguage);
        if (transcode)
        {
            headers.Warning = "214 UploadServer gunzipped";
            return;
        }

        headers.AcceptRanges = "bytes";
        headers.ContentEncoding = Ascii(metadata.ContentEncoding);
        response.ContentLength = range?.Length ?? content.Size;
        if (range is { } part)
        {
            headers.ContentRange = $"bytes {Text(part.Start)}-{Text(part.Start + part.Length - 1)}/{Text(content.Size)}";
        }
    }

    private static async Task SendAsync(HttpContext context, Stream content, bool transcode, CancellationToken cancellation)
    {
        await using var unzipped = transcode ? new GZipStream(content, CompressionMode.Decompress, leaveOpen: true) : null;
        var source = unzipped ?? content;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Metadata may have any Unicode, a header may not.
    private static string? Ascii(string? value) => value is not null && value.All(char.IsAscii) ? value : null;
}
