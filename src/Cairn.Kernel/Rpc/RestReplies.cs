using System.Buffers;
using System.IO.Compression;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc.Json;
using Google.Api;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Rpc;

/// <summary>What a method answers, as the reply of a REST request.</summary>
internal static class RestReplies
{
    /// <summary>Most replies have fewer bytes.</summary>
    public const int FirstBuffer = 2 << 10;

    private const string Json = "application/json; charset=UTF-8";

    /// <summary>Replies above this many bytes are compressed for clients that accept it.</summary>
    private const int CompressAbove = 32 << 10;

    /// <summary>Writes a message, or the field of it that the rule names; an <see cref="HttpBody"/> as it is.</summary>
    public static async Task WriteAsync(HttpContext context, IMessage reply, RestRule rule)
    {
        if (rule.ResponseBody.Length > 0)
        {
            reply = (IMessage)reply.Descriptor.FindFieldByName(rule.ResponseBody).Accessor.GetValue(reply);
        }

        var response = context.Response;
        if (reply is HttpBody body)
        {
            response.ContentType = body.ContentType.Length > 0 ? body.ContentType : "application/octet-stream";
            response.ContentLength = body.Data.Length;
            await response.Body.WriteAsync(body.Data.Memory, context.RequestAborted);
            return;
        }

        using var json = new PooledBuffer(FirstBuffer);
        MessageJson.Write(json, rule.IsPreview ? PreviewTypes.Of(reply) : reply);
        await WriteJsonAsync(context, json);
    }

    /// <summary>Writes what is JSON already, compressed where it is long and the client takes that.</summary>
    public static async Task WriteJsonAsync(HttpContext context, PooledBuffer json)
    {
        var response = context.Response;
        response.ContentType = Json;
        response.Headers.XContentTypeOptions = "nosniff";
        if (
            json.Length > CompressAbove
            && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase)
        )
        {
            response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(json.Written, context.RequestAborted);
            return;
        }

        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json.Written, context.RequestAborted);
    }

    /// <summary>
    /// A stream of messages is a JSON array that grows; an error after its first element ends it as an error object, as Google's front end
    /// does.
    /// </summary>
    public static async Task WriteArrayAsync(RpcMethod method, IMessage request, CallContext call, HttpContext context)
    {
        var response = context.Response;
        var any = false;
        try
        {
            await foreach (var reply in RpcCalls.Stream(method, request, call).WithCancellation(call.Cancellation))
            {
                if (!any)
                {
                    call.WriteHeaders(context.Response);
                    response.ContentType = reply is HttpBody { ContentType.Length: > 0 } raw ? raw.ContentType : Json;
                }

                if (reply is HttpBody chunk)
                {
                    await response.BodyWriter.WriteAsync(chunk.Data.Memory, call.Cancellation);
                }
                else
                {
                    response.BodyWriter.Write(any ? ",\n"u8 : "["u8);
                    MessageJson.Write(response.BodyWriter, reply);
                }

                any = true;
                await response.BodyWriter.FlushAsync(call.Cancellation);
            }
        }
        catch (StatusException error) when (any && !IsRaw(method))
        {
            await response.WriteAsync(",\n" + Error(error) + "]", CancellationToken.None);
            return;
        }

        if (!IsRaw(method))
        {
            response.ContentType ??= Json;
            await response.WriteAsync(any ? "]" : "[]", call.Cancellation);
        }
    }

    private static bool IsRaw(RpcMethod method) => method.Descriptor.OutputType.FullName == HttpBody.Descriptor.FullName;

    private static string Error(StatusException error) =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                error = new
                {
                    code = CodeMap.ToHttp(error),
                    message = error.Message,
                    status = CodeMap.Name(error.Code),
                },
            }
        );
}
