using System.Runtime.CompilerServices;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Security;
using Cairn.Kernel.Telemetry;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// What happens to a call on either transport: permission, required fields, deadline, handler, and any failure made into a status.
/// </summary>
internal static class RpcCalls
{
    public static async Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, CallContext context)
    {
        Authorize(method, context.Caller);
        MessageDepth.Require(request);
        RequiredFields.Check(request);
        if (method.Unary is not { } handler)
        {
            throw Unimplemented(method);
        }

        using var span = TelemetryNames.Recorded is null
            ? null
            : TelemetryNames.Spans.StartActivity($"handler {method.Descriptor.Name}")?.SetTag("rpc.method", method.FullName);
        var reply = handler(request, context);
        // A handler that does not look at its token must not hold the caller past the deadline.
        return await (context.Cancellation.CanBeCanceled && !reply.IsCompleted ? reply.WaitAsync(context.Cancellation) : reply);
    }

    public static IAsyncEnumerable<IMessage> Stream(RpcMethod method, IMessage request, CallContext context)
    {
        Authorize(method, context.Caller);
        MessageDepth.Require(request);
        RequiredFields.Check(request);
        return method.Streaming is { } handler ? handler(request, context) : throw Unimplemented(method);
    }

    public static IAsyncEnumerable<IMessage> Duplex(RpcMethod method, IAsyncEnumerable<IMessage> requests, CallContext context)
    {
        Authorize(method, context.Caller);
        return method.Duplex is { } handler ? handler(Checked(requests), context) : throw Unimplemented(method);
    }

    private static async IAsyncEnumerable<IMessage> Checked(
        IAsyncEnumerable<IMessage> requests,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await foreach (var request in requests.WithCancellation(cancellation))
        {
            MessageDepth.Require(request);
            RequiredFields.Check(request);
            yield return request;
        }
    }

    /// <summary>The status that a caller sees for an exception; what it should not see stays in the log.</summary>
    public static StatusException ToStatus(Exception error, bool deadlinePassed) =>
        error switch
        {
            StatusException status => status,
            OperationCanceledException when deadlinePassed => new StatusException(
                Code.DeadlineExceeded,
                "The call did not end before its deadline."
            ),
            OperationCanceledException => new StatusException(Code.Cancelled, "The call was cancelled."),
            Microsoft.AspNetCore.Connections.ConnectionResetException => Gone,
            IOException { InnerException: Microsoft.AspNetCore.Connections.ConnectionAbortedException } => Gone,
            _ when StorageErrors.Of(error) is { } known => known,
            BadHttpRequestException bad => new StatusException(
                bad.StatusCode == 413 ? Code.ResourceExhausted : Code.InvalidArgument,
                bad.Message
            ),
            _ => new StatusException(Code.Internal, "The server failed on this request; its log says more."),
        };

    /// <summary>No one is left to read it: not a failure of the server's.</summary>
    private static StatusException Gone => new(Code.Cancelled, "The client closed the connection before its call had arrived whole.");

    /// <summary>
    /// What ends a call that streams: its client, its deadline, and the server's stop, for which it would otherwise have to be cut off.
    /// Null for a call that does not stream.
    /// </summary>
    public static CancellationTokenSource? Ending(RpcMethod? method, HttpContext context, CancellationToken cancellation) =>
        method is { Descriptor: { IsServerStreaming: true } or { IsClientStreaming: true } }
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, context.Stopping())
            : null;

    /// <summary>The failure of a call; where it was cancelled because the server stops, that.</summary>
    public static Exception OrStopping(Exception error, HttpContext context) =>
        error is OperationCanceledException && context.Stopping().IsCancellationRequested
            ? StatusException.Unavailable("The server is stopping. Call it again in a while.")
            : error;

    /// <exception cref="StatusException">PERMISSION_DENIED.</exception>
    public static void Authorize(RpcMethod method, Principal caller)
    {
        if (!caller.May(method.Permission))
        {
            throw StatusException.PermissionDenied($"'{caller.Name}' lacks the permission '{method.Permission}'.");
        }
    }

    private static StatusException Unimplemented(RpcMethod method) =>
        StatusException.Unimplemented($"{method.Descriptor.Service.FullName}.{method.Descriptor.Name} is not implemented by this server.");
}
