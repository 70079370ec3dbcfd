using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Rpc.Express;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// gRPC over HTTP/2 as <c>PROTOCOL-HTTP2.md</c> of the gRPC project describes it: one length-prefixed message each way (or several back),
/// the status in trailers, deadlines in <c>grpc-timeout</c>, gzip where the client uses it.
/// </summary>
public sealed partial class GrpcTransport(RpcCatalogue methods, ILogger<GrpcTransport> logger)
{
    /// <summary>The largest message that is accepted, after decompression.</summary>
    public const int MaxMessage = 64 << 20;

    private const int HeaderLength = 5;

    /// <summary>
    /// The most bytes of a sentence, which travels in a header. Clients take 8 kB of headers (gRPC's core, Java) or 16 (Go), break the call
    /// where there are more, and tell nothing of why; a sentence repeats names that somebody sent.
    /// </summary>
    private const int MaxSentence = 2 << 10;

    /// <summary>Most express replies have fewer bytes.</summary>
    private const int FirstReply = 2 << 10;

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType is { } type
        && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && !type.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers a call of an authenticated caller.</summary>
    public async Task<GrpcOutcome> InvokeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        using var deadline = Deadline(context);
        var found = methods.Find(context.Request.Path.Value ?? "");
        using var ending = RpcCalls.Ending(found, context, deadline?.Token ?? context.RequestAborted);
        var cancellation = ending?.Token ?? deadline?.Token ?? context.RequestAborted;
        try
        {
            var method = found ?? throw StatusException.Unimplemented($"This server has no method '{context.Request.Path.Value}'.");
            context.Admit(method.Permission);
            var call = new CallContext
            {
                Caller = context.Caller(),
                Cancellation = cancellation,
                Request = context.Request,
            };
            if (method.Express is { } express && await AnsweredAsync(context, method, express, call))
            {
                context.Response.AppendTrailer("grpc-status", "0");
                return new(method, Code.Ok);
            }

            var request = method.Duplex is not null
                ? null
                : await ReadAsync(context, method, cancellation)
                    ?? throw StatusException.InvalidArgument("The call's body ended before its message.");
            var compress = context.Request.Headers["grpc-encoding"] == "gzip";
            if (compress)
            {
                context.Response.Headers["grpc-encoding"] = "gzip";
            }

            if (request is null)
            {
                await GrpcDuplex.AnswerAsync(context, method, call, compress);
            }
            else if (method.Descriptor.IsServerStreaming)
            {
                var any = false;
                await foreach (var reply in RpcCalls.Stream(method, request, call).WithCancellation(cancellation))
                {
                    if (!any)
                    {
                        call.WriteHeaders(context.Response);
                        any = true;
                    }

                    Write(context.Response.BodyWriter, reply, compress);
                    await context.Response.BodyWriter.FlushAsync(cancellation);
                }
            }
            else
            {
                var reply = await RpcCalls.InvokeAsync(method, request, call);
                call.WriteHeaders(context.Response);
                Write(context.Response.BodyWriter, reply, compress);
            }

            context.Response.AppendTrailer("grpc-status", "0");
            return new(method, Code.Ok);
        }
        catch (Exception error)
        {
            var passed = deadline?.IsCancellationRequested == true && !context.RequestAborted.IsCancellationRequested;
            return new(found, Fail(context, !passed && ending is not null ? RpcCalls.OrStopping(error, context) : error, passed));
        }
    }

    /// <summary>
    /// Ends a call with a status, in the headers where nothing has been sent yet ("trailers-only"), else in the trailers.
    /// </summary>
    /// <returns>The code that the caller is told.</returns>
    public Code Fail(HttpContext context, Exception error, bool deadlinePassed = false)
    {
        var status = RpcCalls.ToStatus(error, deadlinePassed);
        if (status.Code == Code.Internal && error is not StatusException)
        {
            Log.Failed(logger, error, context.Request.Path.Value ?? "");
        }

        var fields = new List<KeyValuePair<string, string>>
        {
            new("grpc-status", ((int)status.Code).ToString(CultureInfo.InvariantCulture)),
            new("grpc-message", PercentEncode(status.Message)),
        };
        if (status.Details.Count > 0)
        {
            var details = Convert
                .ToBase64String(
                    new Google.Rpc.Status
                    {
                        Code = (int)status.Code,
                        Message = status.Message,
                        Details = { status.Details },
                    }.ToByteArray()
                )
                .TrimEnd('=');
            if (details.Length <= 2 * MaxSentence)
            {
                fields.Add(new("grpc-status-details-bin", details));
            }
        }

        foreach (var (name, value) in fields)
        {
            if (context.Response.HasStarted)
            {
                context.Response.AppendTrailer(name, value);
            }
            else
            {
                context.Response.ContentType = "application/grpc";
                context.Response.Headers[name] = value;
            }
        }

        return status.Code;
    }

    /// <summary>Null where the caller waits for as long as it takes.</summary>
    private static CancellationTokenSource? Deadline(HttpContext context)
    {
        var text = context.Request.Headers["grpc-timeout"];
        if (text.Count == 0 || Timeout(text.ToString()) is not { } timeout)
        {
            return null;
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        source.CancelAfter(timeout);
        return source;
    }

    /// <summary><c>grpc-timeout</c>: up to 8 digits and a unit of H M S m u n. Timers hold no more than about 49 days.</summary>
    private static TimeSpan? Timeout(string text)
    {
        if (
            text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
        {
            return null;
        }

        var seconds = text[^1] switch
        {
            'H' => count * 3600.0,
            'M' => count * 60.0,
            'S' => count,
            'm' => count / 1e3,
            'u' => count / 1e6,
            'n' => count / 1e9,
            _ => -1,
        };
        return seconds < 0 ? null : TimeSpan.FromSeconds(Math.Min(seconds, 4e6));
    }

    /// <summary>Lets the express lane answer a message that has come whole and uncompressed; otherwise it is still to be read.</summary>
    private static async Task<bool> AnsweredAsync(HttpContext context, RpcMethod method, IExpressHandler express, CallContext call)
    {
        RpcCalls.Authorize(method, call.Caller);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(call.Cancellation);
            var buffer = result.Buffer;
            if (Frame(buffer) is { } frame && buffer.Length >= HeaderLength + frame.Length)
            {
                using var reply = new PooledBuffer(FirstReply);
                var answered = !frame.Compressed && await AnswerAsync(express, call, buffer.Slice(HeaderLength, frame.Length), reply);
                reader.AdvanceTo(answered ? buffer.GetPosition(HeaderLength + frame.Length) : buffer.Start);
                if (answered)
                {
                    call.WriteHeaders(context.Response);
                    reply.Written.Span.CopyTo(NextFrame(context.Response.BodyWriter, reply.Written.Length));
                    context.Response.BodyWriter.Advance(HeaderLength + reply.Written.Length);
                }

                return answered;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return false;
            }
        }
    }

    private static async ValueTask<bool> AnswerAsync(
        IExpressHandler express,
        CallContext call,
        ReadOnlySequence<byte> message,
        PooledBuffer reply
    )
    {
        if (message.IsSingleSegment)
        {
            return await express.TryAnswerAsync(new ExpressCall(call, message.First, null, reply));
        }

        using var whole = new PooledBuffer((int)message.Length);
        message.CopyTo(whole.GetSpan((int)message.Length));
        whole.Advance((int)message.Length);
        return await express.TryAnswerAsync(new ExpressCall(call, whole.Written, null, reply));
    }

    /// <summary>The next message; null where the client has sent its last.</summary>
    internal static async Task<IMessage?> ReadAsync(HttpContext context, RpcMethod method, CancellationToken cancellation)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (Frame(buffer) is { } frame && buffer.Length >= HeaderLength + frame.Length)
            {
                var message = Parse(method, buffer.Slice(HeaderLength, frame.Length), frame.Compressed);
                reader.AdvanceTo(buffer.GetPosition(HeaderLength + frame.Length));
                return message;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return buffer.IsEmpty ? null : throw StatusException.InvalidArgument("The call's body ended within a message.");
            }
        }
    }

    private static (bool Compressed, long Length)? Frame(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < HeaderLength)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        return length > MaxMessage
            ? throw StatusException.ResourceExhausted($"The message has {length} bytes; at most {MaxMessage} are accepted.")
            : (header[0] == 1, length);
    }

    private static IMessage Parse(RpcMethod method, ReadOnlySequence<byte> bytes, bool compressed)
    {
        try
        {
            ReadOnlySpan<byte> message =
                compressed ? Decompress(bytes)
                : bytes.IsSingleSegment ? bytes.FirstSpan
                : bytes.ToArray();
            // What is unknown is not kept: it would be stored, unseen, with what the message becomes.
            var request = method.Descriptor.InputType.Parser.WithDiscardUnknownFields(true).ParseFrom(message);
            WireChecks.Require(method.Descriptor.InputType, message);
            return request;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw StatusException.InvalidArgument($"The message is not a {method.Descriptor.InputType.Name}: {error.Message}");
        }
        catch (InvalidDataException)
        {
            throw StatusException.InvalidArgument("The message is marked as compressed and is not gzip.");
        }
    }

    private static byte[] Decompress(ReadOnlySequence<byte> bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        return BoundedReader.ReadAll(gzip, MaxMessage);
    }

    internal static void Write(PipeWriter writer, IMessage message, bool compress)
    {
        if (compress)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                message.WriteTo(gzip);
            }

            var header = writer.GetSpan(HeaderLength);
            header[0] = 1;
            BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)packed.Length);
            writer.Advance(HeaderLength);
            writer.Write(packed.GetBuffer().AsSpan(0, (int)packed.Length));
            return;
        }

        var length = message.CalculateSize();
        message.WriteTo(NextFrame(writer, length));
        writer.Advance(HeaderLength + length);
    }

    /// <summary>Writes what goes before an uncompressed message, and gives where the message goes. Neither is sent before both are.</summary>
    private static Span<byte> NextFrame(PipeWriter writer, int length)
    {
        var frame = writer.GetSpan(HeaderLength + length);
        frame[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)length);
        return frame.Slice(HeaderLength, length);
    }

    /// <summary>
    /// Status messages are percent-encoded UTF-8 with printable ASCII left as it is. Of one that is too long, the beginning.
    /// </summary>
    private static string PercentEncode(string text)
    {
        var encoded = new System.Text.StringBuilder(Math.Min(text.Length, MaxSentence) + 16);
        foreach (var b in System.Text.Encoding.UTF8.GetBytes(text))
        {
            // Between characters only.
            if (encoded.Length > MaxSentence && (b & 0xC0) != 0x80)
            {
                return encoded.Append("...").ToString();
            }

            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The call {Path} failed.")]
        public static partial void Failed(ILogger logger, Exception error, string path);
    }
}
