using System.Globalization;
using Cairn.Data.Checksums;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Uploads;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// The protocol of resumable uploads: POST begins and gives an address, PUT sends a piece or asks how far it is (308 with a Range), DELETE
/// cancels.
/// </summary>
public sealed class ResumableHandlers(ResumableUploads uploads, GcsAccess access)
{
    private const int ResumeIncomplete = 308;
    private const int ClientClosedRequest = 499;

    // Pieces of any size are taken; this is the one that Cloud Storage tells clients to use multiples of.
    private const string Granularity = "262144";

    /// <param name="typeHeader">The header that says the content's type where the metadata does not.</param>
    /// <param name="sizeHeader">The header that announces the content's size in bytes.</param>
    public async Task BeginAsync(
        HttpContext context,
        string bucket,
        string typeHeader = "X-Upload-Content-Type",
        string sizeHeader = "X-Upload-Content-Length"
    )
    {
        var body = await GcsJson.ReadAsync(context);
        var name = UploadHandlers.NameOf(context, body);
        var metadata = UploadHandlers.WithQuery(context, ObjectMetadataJson.Read(body));
        if (metadata.ContentType is null && context.Request.Headers[typeHeader].ToString() is { Length: > 0 } type)
        {
            metadata = metadata with { ContentType = type };
        }

        var hashes = HashesOf(context).Or(ObjectMetadataJson.Hashes(body));
        var request = new UploadRequest(metadata, context.Preconditions(), hashes, Size(context, sizeHeader));
        var id = await uploads.BeginAsync(bucket, name, request, context.RequestAborted);

        var headers = context.Response.Headers;
        headers.Location =
            $"{context.BaseUrl()}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={Uri.EscapeDataString(name)}&upload_id={id}";
        headers["X-GUploader-UploadID"] = id;
        headers["X-Goog-Upload-Chunk-Granularity"] = Granularity;
        context.Response.ContentLength = 0;
    }

    public async Task PutAsync(HttpContext context, RouteValues values)
    {
        var id = await RequireAsync(context);
        var range = UploadRange.Parse(context.Request.Headers.ContentRange);
        var (upload, published) = await uploads.ReceiveAsync(id, range, context.Request.Body, HashesOf(context), context.RequestAborted);

        context.Response.Headers["X-GUploader-UploadID"] = id;
        if (published is not null)
        {
            await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, published));
            return;
        }

        context.Response.StatusCode = ResumeIncomplete;
        context.Response.ContentLength = 0;
        if (upload.Received > 0)
        {
            context.Response.Headers.Range = $"bytes=0-{(upload.Received - 1).ToString(CultureInfo.InvariantCulture)}";
        }
    }

    public async Task CancelAsync(HttpContext context, RouteValues values)
    {
        var id = await RequireAsync(context);
        await uploads.CancelAsync(id, context.RequestAborted);
        context.Response.StatusCode = ClientClosedRequest;
        context.Response.ContentLength = 0;
    }

    internal static ExpectedHashes HashesOf(HttpContext context) => ExpectedHashes.ParseHeader(context.Request.Headers["x-goog-hash"]);

    /// <summary>The id of the upload that the request goes on with, once it is known to be one that the caller may touch.</summary>
    internal async Task<string> RequireAsync(HttpContext context)
    {
        // The address could name any bucket; the upload knows its own.
        var id = context.Text("upload_id");
        var upload = await uploads.GetAsync(id, context.RequestAborted);
        await access.RequireAsync(context, upload.Bucket);
        return id;
    }

    private static long? Size(HttpContext context, string header)
    {
        var text = context.Request.Headers[header].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw StatusException.InvalidArgument($"{header} is '{text}'; it must be the content's number of bytes.");
    }
}
