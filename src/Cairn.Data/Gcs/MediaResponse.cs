using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// Answers with an object's bytes: whole, a range, or inflated where the object is stored as gzip and the client does not take that (Cloud
/// Storage's decompressive transcoding: not for an object whose Cache-Control is <c>no-transform</c>, and of the whole whatever range was
/// asked for).
/// </summary>
public sealed class MediaResponse(ObjectStore store)
{
    private const int BufferSize = 256 * 1024;

    /// <exception cref="StatusException">NOT_FOUND, or with the reasons of preconditions and ranges.</exception>
    public async Task WriteAsync(HttpContext context, string bucket, string name, Preconditions preconditions)
    {
        var cancellation = context.RequestAborted;
        var generation = context.Generation();
        for (var attempt = 0; ; attempt++)
        {
            var item = await store.GetAsync(bucket, name, generation, Preconditions.None, cancellation);
            // Said also where the object is not modified: the client keeps what it has under this tag.
            context.Response.Headers.ETag = item.Etag;
            preconditions.Check(bucket, name, item, reading: true);
            try
            {
                await SendAsync(context, item, await FormAsync(context, item, cancellation), cancellation);
                return;
            }
            catch (StatusException error) when (error.Code == Code.NotFound && generation is null && attempt < 10)
            {
                // Replaced between the look-up and the opening: the next look-up finds the successor.
            }
        }
    }

    private async Task SendAsync(HttpContext context, ObjectRecord item, MediaForm form, CancellationToken cancellation)
    {
        var range = form == MediaForm.Inflated ? null : RangeOf(context, item);
        await using var content = await store.OpenAsync(item, range?.Start ?? 0, range?.Length, cancellation);
        await using var inflated = form == MediaForm.Inflated ? new GZipStream(content, CompressionMode.Decompress, leaveOpen: true) : null;
        var source = inflated ?? content;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = HttpMethods.IsHead(context.Request.Method) ? 0 : await source.ReadAsync(buffer, cancellation);
            MediaHeaders.Set(context, item, range, form);
            while (read > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), cancellation);
                read = await source.ReadAsync(buffer, cancellation);
            }
        }
        catch (InvalidDataException) when (!context.Response.HasStarted)
        {
            await SendAsync(context, item, MediaForm.NotGzip, cancellation);
        }
        catch (InvalidDataException)
        {
            // Gzip to begin with and damaged later on: a broken connection is the one way left to say that this is not the whole.
            context.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<MediaForm> FormAsync(HttpContext context, ObjectRecord item, CancellationToken cancellation)
    {
        if (item.Metadata.ContentEncoding != "gzip")
        {
            return MediaForm.AsStored;
        }

        // The two bytes that every gzip begins with, RFC 1952 section 2.3.1.
        var magic = new byte[2];
        if (item.Content.Size < magic.Length)
        {
            return MediaForm.NotGzip;
        }

        await using (var beginning = await store.OpenAsync(item, 0, magic.Length, cancellation))
        {
            if (
                await beginning.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellation) < magic.Length
                || !magic.AsSpan().SequenceEqual<byte>([0x1F, 0x8B])
            )
            {
                return MediaForm.NotGzip;
            }
        }

        var transformed = item.Metadata.CacheControl?.Contains("no-transform", StringComparison.OrdinalIgnoreCase) != true;
        return transformed && !AcceptsGzip(context) ? MediaForm.Inflated : MediaForm.AsStored;
    }

    private static ByteRange? RangeOf(HttpContext context, ObjectRecord item)
    {
        var range = ByteRange.Parse(context.Request.Headers.Range, item.Content.Size, out var unsatisfiable);
        if (!unsatisfiable)
        {
            return range;
        }

        context.Response.Headers.ContentRange = $"bytes */{item.Content.Size.ToString(CultureInfo.InvariantCulture)}";
        throw new StatusException(
            Code.OutOfRange,
            $"The requested range '{context.Request.Headers.Range}' cannot be satisfied: '{item.Bucket}/{item.Name}' has {item.Content.Size} bytes.",
            new ErrorInfo { Domain = "storage", Reason = DataErrors.RangeNotSatisfiable }
        );
    }

    // "gzip;q=0" refuses it by name, RFC 9110 section 12.5.3.
    private static bool AcceptsGzip(HttpContext context) =>
        context
            .Request.Headers.AcceptEncoding.ToString()
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(static entry =>
                entry.Split(';', StringSplitOptions.TrimEntries) is [var coding, .. var parameters]
                && coding.Equals("gzip", StringComparison.OrdinalIgnoreCase)
                && !parameters.Any(static parameter =>
                    parameter.Replace(" ", "", StringComparison.Ordinal) is "q=0" or "q=0.0" or "q=0.00" or "q=0.000"
                )
            );
}
