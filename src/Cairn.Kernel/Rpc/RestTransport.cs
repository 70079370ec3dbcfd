using System.Buffers;
using System.IO.Compression;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc.Express;
using Cairn.Kernel.Rpc.Json;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Rpc;

/// <summary>The same methods over REST and JSON, by their <c>google.api.http</c> rules.</summary>
public sealed class RestTransport(IEnumerable<RpcMethod> methods) : IDoor
{
    /// <summary>The largest request body in bytes.</summary>
    public const int MaxBody = 64 << 20;

    private const string Json = "application/json; charset=UTF-8";

    private static readonly UTF8Encoding Utf8 = new(false, true);

    /// <summary>Most replies have fewer bytes.</summary>
    private const int FirstBuffer = 2 << 10;

    private const int MostAtOnce = 1 << 20;

    /// <summary>Replies above this many bytes are compressed for clients that accept it.</summary>
    private const int CompressAbove = 32 << 10;

    /// <summary>Parameters that every Google API takes and that select nothing here: the reply is always JSON with enum names.</summary>
    private static readonly HashSet<string> SystemParameters =
    [
        "alt",
        "$alt",
        "prettyPrint",
        "$prettyPrint",
        "key",
        "access_token",
        "oauth_token",
        "quotaUser",
        "userProject",
        "callback",
        "$callback",
        "fields",
        "$fields",
        "upload_protocol",
        "uploadType",
        "$.xgafv",
        "xgafv",
        "$outputDefaults",
        "trace",
        "$apiVersion",
    ];

    public void Map(IRoutes routes)
    {
        foreach (var method in methods)
        {
            foreach (var rule in RestRules.Of(method.Descriptor))
            {
                routes.Add(
                    rule.Method,
                    rule.Template,
                    method.Permission,
                    (context, values) => AnswerAsync(method, rule, context, values),
                    MaxBody
                );
            }
        }
    }

    private static async Task AnswerAsync(RpcMethod method, RestRule rule, HttpContext context, RouteValues values)
    {
        using var body = rule.Body.Length > 0 && !TakesRaw(method.Descriptor.InputType, rule) ? await BodyAsync(context) : null;
        using var deadline = Deadline(context);
        using var ending = RpcCalls.Ending(method, context, deadline?.Token ?? context.RequestAborted);
        var call = new CallContext
        {
            Caller = context.Caller(),
            Cancellation = ending?.Token ?? deadline?.Token ?? context.RequestAborted,
            Request = context.Request,
        };
        try
        {
            if (method.Express is { } express && body is not null && rule.Body == "*")
            {
                RpcCalls.Authorize(method, call.Caller);
                using var json = new PooledBuffer(FirstBuffer);
                if (await express.TryAnswerAsync(new ExpressCall(call, body.Written, values, json)))
                {
                    call.WriteHeaders(context.Response);
                    await WriteJsonAsync(context, json);
                    return;
                }
            }

            var request = await ReadAsync(method.Descriptor.InputType, rule, context, values, body);
            if (method.Descriptor.IsServerStreaming)
            {
                await WriteArrayAsync(method, request, call, context);
                return;
            }

            var reply = await RpcCalls.InvokeAsync(method, request, call);
            call.WriteHeaders(context.Response);
            await WriteAsync(context, reply, rule);
        }
        catch (OperationCanceledException error) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw RpcCalls.ToStatus(
                deadline?.IsCancellationRequested == true ? error : RpcCalls.OrStopping(error, context),
                deadline?.IsCancellationRequested == true
            );
        }
    }

    /// <summary>Google's own header for how long the caller waits, in seconds; null where it does not say.</summary>
    private static CancellationTokenSource? Deadline(HttpContext context)
    {
        var text = context.Request.Headers["x-server-timeout"];
        if (
            text.Count == 0
            || !double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            || seconds is not (> 0 and < 4e6)
        )
        {
            return null;
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        source.CancelAfter(TimeSpan.FromSeconds(seconds));
        return source;
    }

    /// <summary>Whether the body is anything at all, and becomes a field of the request as it is.</summary>
    private static bool TakesRaw(MessageDescriptor descriptor, RestRule rule) =>
        rule.Body == "*"
            ? descriptor.FindFieldByName("http_body") is not null
            : descriptor.FindFieldByName(rule.Body).MessageType.FullName == HttpBody.Descriptor.FullName;

    /// <param name="descriptor">The request's.</param>
    /// <param name="rule">Where its fields are.</param>
    /// <param name="context">The request.</param>
    /// <param name="values">The variables of its path.</param>
    /// <param name="json">Its body, or null where there is none, or one that is not JSON.</param>
    private static async Task<IMessage> ReadAsync(
        MessageDescriptor descriptor,
        RestRule rule,
        HttpContext context,
        RouteValues values,
        PooledBuffer? json
    )
    {
        IMessage request;
        if (rule.Body.Length == 0)
        {
            request = descriptor.Parser.ParseFrom(ByteString.Empty);
        }
        else if (rule.Body == "*")
        {
            request = json is null
                ? await RawRequestAsync(descriptor, descriptor.FindFieldByName("http_body"), context)
                : Parse(json, descriptor);
        }
        else
        {
            request = descriptor.Parser.ParseFrom(ByteString.Empty);
            var field = descriptor.FindFieldByName(rule.Body);
            if (json is null)
            {
                field.Accessor.SetValue(request, await RawAsync(context));
            }
            else if (json.Length > 0)
            {
                field.Accessor.SetValue(request, Parse(json, field.MessageType));
            }
        }

        if (rule.Body != "*")
        {
            SetQuery(request, context);
        }

        foreach (var (path, value) in values.All)
        {
            RestFields.Set(request, path, value);
        }

        return request;
    }

    private static IMessage Parse(PooledBuffer json, MessageDescriptor descriptor)
    {
        if (ValueFields.Has(descriptor) && json.Written.Span.ContainsAnyExcept(" \t\r\n"u8))
        {
            return System.Text.Unicode.Utf8.IsValid(json.Written.Span) ? ValueFields.Parse(json.Written.Span, descriptor) : throw NotUtf8();
        }

        var text = Text(json);
        return string.IsNullOrWhiteSpace(text) ? descriptor.Parser.ParseFrom(ByteString.Empty) : RpcJson.Parse(text, descriptor);
    }

    /// <summary>
    /// Raw prediction: the body is whatever the model's server takes, unless it is the request message spelled out, as generated clients
    /// send it.
    /// </summary>
    private static async Task<IMessage> RawRequestAsync(MessageDescriptor descriptor, FieldDescriptor field, HttpContext context)
    {
        var body = await RawAsync(context);
        if (SpellsOut(body, field))
        {
            return RpcJson.Parse(body.Data.ToStringUtf8(), descriptor);
        }

        var request = descriptor.Parser.ParseFrom(ByteString.Empty);
        field.Accessor.SetValue(request, body);
        return request;
    }

    private static bool SpellsOut(HttpBody body, FieldDescriptor field)
    {
        // Most bodies are not even to be parsed: the name would stand in them.
        if (
            body.Data.Span.IndexOf(Encoding.UTF8.GetBytes($"\"{field.Name}\"")) < 0
            && body.Data.Span.IndexOf(Encoding.UTF8.GetBytes($"\"{field.JsonName}\"")) < 0
        )
        {
            return false;
        }

        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(body.Data.Memory);
            return json.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object
                && (json.RootElement.TryGetProperty(field.Name, out _) || json.RootElement.TryGetProperty(field.JsonName, out _));
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or InvalidOperationException)
        {
            // No JSON, or one whose names are no text.
            return false;
        }
    }

    private static void SetQuery(IMessage request, HttpContext context)
    {
        if (!context.Request.QueryString.HasValue)
        {
            return;
        }

        foreach (var (name, texts) in context.Request.Query)
        {
            if (SystemParameters.Contains(name))
            {
                continue;
            }

            foreach (var text in texts)
            {
                RestFields.Set(request, name, text ?? "");
            }
        }
    }

    private static async Task<HttpBody> RawAsync(HttpContext context)
    {
        var data = await ByteString.FromStreamAsync(context.Request.Body, context.RequestAborted);
        return new HttpBody { ContentType = context.Request.ContentType ?? "", Data = data };
    }

    private static async Task<PooledBuffer> BodyAsync(HttpContext context)
    {
        // A length that is only announced costs no more than this.
        var body = new PooledBuffer((int)Math.Clamp(context.Request.ContentLength ?? 0, FirstBuffer, MostAtOnce) + 1);
        try
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync(context.RequestAborted);
                foreach (var part in result.Buffer)
                {
                    body.Write(part.Span);
                }

                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            return context.Request.Headers.ContentEncoding == "gzip" ? Unpack(body) : body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static PooledBuffer Unpack(PooledBuffer packed)
    {
        using (packed)
        {
            try
            {
                using var gzip = new GZipStream(new MemoryStream(packed.Written.ToArray()), CompressionMode.Decompress);
                var bytes = BoundedReader.ReadAll(gzip, MaxBody);
                var unpacked = new PooledBuffer(bytes.Length);
                unpacked.Write(bytes);
                return unpacked;
            }
            catch (InvalidDataException)
            {
                throw StatusException.InvalidArgument("The request says that its body is gzip, and it is not.");
            }
        }
    }

    private static string Text(PooledBuffer json)
    {
        try
        {
            return Utf8.GetString(json.Written.Span);
        }
        catch (DecoderFallbackException)
        {
            throw NotUtf8();
        }
    }

    private static StatusException NotUtf8() => StatusException.InvalidArgument("The request's body is not UTF-8.");

    private static async Task WriteAsync(HttpContext context, IMessage reply, RestRule rule)
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

    private static async Task WriteJsonAsync(HttpContext context, PooledBuffer json)
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
    private static async Task WriteArrayAsync(RpcMethod method, IMessage request, CallContext call, HttpContext context)
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
