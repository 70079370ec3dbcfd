using System.Buffers;
using System.IO.Compression;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Rpc;

/// <summary>What a REST request says, as the message that its method takes.</summary>
internal static class RestRequests
{
    /// <summary>A body's first buffer has room for this many bytes, and for no more than <see cref="MostAtOnce"/>.</summary>
    private const int LeastAtOnce = 2 << 10;

    private const int MostAtOnce = 1 << 20;

    private static readonly UTF8Encoding Utf8 = new(false, true);

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

    /// <summary>Whether the body is anything at all, and becomes a field of the request as it is.</summary>
    public static bool TakesRaw(MessageDescriptor descriptor, RestRule rule) =>
        rule.Body == "*"
            ? descriptor.FindFieldByName("http_body") is not null
            : descriptor.FindFieldByName(rule.Body).MessageType.FullName == HttpBody.Descriptor.FullName;

    /// <summary>Makes the message of a request: of its body, its query and its path.</summary>
    /// <param name="descriptor">The request's.</param>
    /// <param name="rule">Where its fields are.</param>
    /// <param name="context">The request.</param>
    /// <param name="values">The variables of its path.</param>
    /// <param name="json">Its body, or null where there is none, or one that is not JSON.</param>
    public static async Task<IMessage> ReadAsync(
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

    /// <summary>The whole body, unpacked where it is gzip.</summary>
    public static async Task<PooledBuffer> BodyAsync(HttpContext context)
    {
        // A length that is only announced costs no more than this.
        var body = new PooledBuffer((int)Math.Clamp(context.Request.ContentLength ?? 0, LeastAtOnce, MostAtOnce) + 1);
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
                var bytes = BoundedReader.ReadAll(gzip, RestTransport.MaxBody);
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
}
