using System.Globalization;
using Cairn.Data.Objects;
using Cairn.Kernel.Checksums;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>The headers of an answer with an object's bytes.</summary>
internal static class MediaHeaders
{
    /// <param name="range">The part that is sent; null for the whole.</param>
    /// <param name="form">How the stored bytes are sent.</param>
    public static void Set(HttpContext context, ObjectRecord item, ByteRange? range, MediaForm form)
    {
        var response = context.Response;
        var (headers, metadata, content) = (response.Headers, item.Metadata, item.Content);
        response.StatusCode = range is null ? 200 : 206;
        response.ContentType = Ascii(metadata.ContentType) ?? "application/octet-stream";
        headers.ETag = item.Etag;
        headers.LastModified = Timestamps.FromMicros(item.Updated).ToString("R", CultureInfo.InvariantCulture);
        headers.CacheControl = Ascii(metadata.CacheControl) ?? "private, max-age=0";
        headers["x-goog-generation"] = Text(item.Generation);
        headers["x-goog-metageneration"] = Text(item.Metageneration);
        headers["x-goog-storage-class"] = metadata.StorageClass;
        headers["x-goog-stored-content-encoding"] = Ascii(metadata.ContentEncoding) ?? "identity";
        headers["x-goog-stored-content-length"] = Text(content.Size);
        // Of the stored whole, also where a part or the inflated bytes are sent, as Cloud Storage does: its clients compare where they
        // received the whole.
        headers["x-goog-hash"] = content.Md5 is null
            ? $"crc32c={Crc32C.ToBase64(content.Crc32C)}"
            : $"crc32c={Crc32C.ToBase64(content.Crc32C)},md5={content.Md5}";
        headers.ContentDisposition = Ascii(metadata.ContentDisposition);
        headers.ContentLanguage = Ascii(metadata.ContentLanguage);
        foreach (var (key, value) in metadata.Custom ?? [])
        {
            if (
                key.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
                && Ascii(value) is { } text
                && !text.Any(char.IsControl)
            )
            {
                headers["x-goog-meta-" + key] = text;
            }
        }

        if (Ascii(metadata.ContentEncoding) is { } encoding)
        {
            headers.Vary = "Accept-Encoding";
            headers.ContentEncoding = form == MediaForm.AsStored ? encoding : default(Microsoft.Extensions.Primitives.StringValues);
        }

        if (form == MediaForm.Inflated)
        {
            headers.Warning = "214 UploadServer gunzipped";
            return;
        }

        headers.AcceptRanges = "bytes";
        response.ContentLength = range?.Length ?? content.Size;
        if (range is { } part)
        {
            headers.ContentRange = $"bytes {Text(part.Start)}-{Text(part.Start + part.Length - 1)}/{Text(content.Size)}";
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Metadata may have any Unicode, a header may not.
    private static string? Ascii(string? value) => value is not null && value.All(char.IsAscii) ? value : null;
}
