using System.Globalization;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Uploads;
using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// Resumable uploads by headers, as Google's upload servers take them beside the older form: <c>X-Goog-Upload-Command</c> is <c>start</c>,
/// <c>upload</c>,
/// <c>upload, finalize</c>, <c>finalize</c>, <c>query</c> or <c>cancel</c>, and an answer's <c>X-Goog-Upload-Status</c> says how the upload
/// stands.
/// </summary>
public sealed class CommandHandlers(ResumableUploads uploads, ResumableHandlers resumable)
{
    private const string Command = "X-Goog-Upload-Command";
    private const string Status = "X-Goog-Upload-Status";

    public static bool IsOne(HttpContext context) => context.Request.Headers.ContainsKey(Command);

    public async Task HandleAsync(HttpContext context, string bucket)
    {
        var text = context.Request.Headers[Command].ToString();
        switch (text.Split(',', StringSplitOptions.TrimEntries))
        {
            case ["start"]:
                await StartAsync(context, bucket);
                break;
            case ["upload"]:
                await ReceiveAsync(context, new UploadRange(Offset(context), null, null, IsLast: false));
                break;
            case ["upload", "finalize"]:
                await ReceiveAsync(context, new UploadRange(Offset(context), null, null, IsLast: true));
                break;
            case ["finalize"]:
                await ReceiveAsync(context, new UploadRange(null, null, null, IsLast: true));
                break;
            case ["query"]:
                await ReceiveAsync(context, new UploadRange(null, null, null, IsLast: false));
                break;
            case ["cancel"]:
                await uploads.CancelAsync(await resumable.RequireAsync(context), context.RequestAborted);
                context.Response.Headers[Status] = "cancelled";
                context.Response.ContentLength = 0;
                break;
            default:
                throw StatusException.InvalidArgument(
                    $"{Command} is '{text}'; it must be start, upload, 'upload, finalize', finalize, query or cancel."
                );
        }
    }

    private async Task StartAsync(HttpContext context, string bucket)
    {
        if (context.Request.Headers["X-Goog-Upload-Protocol"].ToString() is var protocol && protocol != "resumable")
        {
            throw StatusException.InvalidArgument(
                $"X-Goog-Upload-Protocol is '{protocol}'; an upload is started with 'resumable'. Send the others with uploadType=media or multipart."
            );
        }

        await resumable.BeginAsync(context, bucket, "X-Goog-Upload-Header-Content-Type", "X-Goog-Upload-Header-Content-Length");
        var headers = context.Response.Headers;
        headers["X-Goog-Upload-URL"] = headers.Location;
        headers["X-Goog-Upload-Control-URL"] = headers.Location;
        headers[Status] = "active";
    }

    private async Task ReceiveAsync(HttpContext context, UploadRange range)
    {
        var id = await resumable.RequireAsync(context);
        var (upload, published) = await uploads.ReceiveAsync(
            id,
            range,
            context.Request.Body,
            ResumableHandlers.HashesOf(context),
            context.RequestAborted
        );
        context.Response.Headers[Status] = published is null ? "active" : "final";
        context.Response.Headers["X-Goog-Upload-Size-Received"] = upload.Received.ToString(CultureInfo.InvariantCulture);
        if (published is not null)
        {
            await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, published));
        }
    }

    private static long Offset(HttpContext context)
    {
        const string header = "X-Goog-Upload-Offset";
        var text = context.Request.Headers[header].ToString();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw StatusException.InvalidArgument($"{header} is '{text}'; it must be the number of the first byte that the body has.");
    }
}
