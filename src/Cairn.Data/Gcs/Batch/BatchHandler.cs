using System.Text;
using Cairn.Data.Gcs.Multipart;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs.Batch;

/// <summary>
/// Many calls in one request (<c>multipart/mixed</c> of <c>application/http</c>). Each is routed, authorized and answered on its own, in
/// order.
/// </summary>
public sealed class BatchHandler(RouteTable routes)
{
    /// <summary>The most calls of a batch, as Cloud Storage documents.</summary>
    public const int MaxCalls = 100;

    // Above what any single call accepts.
    private const int MaxCallBytes = GcsJson.MaxBody + (64 << 10);

    public void Map(GcsRoutes gcs)
    {
        // Which permissions are needed is known call by call: the batch itself needs none.
        gcs.AddStreamed("POST", "/batch/storage/v1", IRoutes.AnyCaller, HandleAsync);
    }

    private async Task HandleAsync(HttpContext context, RouteValues values)
    {
        var reader = new MultipartReader(context.Request.Body, MultipartReader.BoundaryOf(context.Request.ContentType));
        var boundary = $"batch_{Guid.NewGuid():n}";
        var answer = new StringBuilder();
        for (var calls = 0; await reader.NextAsync(context.RequestAborted) is { } headers; calls++)
        {
            if (calls == MaxCalls)
            {
                throw StatusException.InvalidArgument($"A batch has at most {MaxCalls} calls. Send the rest in another.");
            }

            var call = BatchCall.Parse(await reader.ReadAllAsync(MaxCallBytes, context.RequestAborted));
            var inner = call.ToContext(context);
            await DispatchAsync(inner, call);

            answer.Append("--").Append(boundary).Append("\r\nContent-Type: application/http\r\n");
            if (headers.TryGetValue("Content-ID", out var id))
            {
                answer.Append("Content-ID: ").Append(ResponseId(id)).Append("\r\n");
            }

            answer.Append("\r\n");
            BatchCall.AppendAnswer(answer, inner);
            answer.Append("\r\n");
        }

        answer.Append("--").Append(boundary).Append("--\r\n");
        var bytes = Encoding.UTF8.GetBytes(answer.ToString());
        context.Response.ContentType = $"multipart/mixed; boundary={boundary}";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private async Task DispatchAsync(HttpContext inner, BatchCall call)
    {
        try
        {
            inner.Request.Method = MethodOverride.Of(inner.Request);
            var match =
                routes.Match(inner.Request.Method, RequestPath.Parse(call.Target))
                ?? throw StatusException.NotFound($"A batch has no call {call.Method} {call.Target}.");
            if (!inner.Caller().May(match.Route.Permission))
            {
                throw StatusException.PermissionDenied(
                    $"'{inner.Caller().Name}' lacks {match.Route.Permission}, which {call.Method} {call.Target} needs."
                );
            }

            if (inner.Text("alt") == "media")
            {
                throw StatusException.InvalidArgument("Media cannot be downloaded in a batch. Send the call by itself.");
            }

            await match.Route.Handler(inner, match.Values);
        }
        catch (StatusException error)
        {
            await GcsErrors.WriteAsync(inner, error);
        }
        catch (Exception error) when (StorageErrors.Of(error) is not null)
        {
            await GcsErrors.WriteAsync(inner, StorageErrors.Of(error)!);
        }
    }

    // "<x + 1>" is answered as "<response-x + 1>": clients match the answers by it.
    private static string ResponseId(string id)
    {
        var text = new string([.. id.Where(character => !char.IsControl(character))]);
        return text.StartsWith('<') ? "<response-" + text[1..] : "response-" + text;
    }
}
