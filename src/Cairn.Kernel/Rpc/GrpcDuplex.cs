using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Calls in which both sides stream. A message of the client's is read when the handler asks for it, and a reply waits until the client
/// takes it, so that neither side can make the server hold more than a message. After its last message a client may go on listening.
/// </summary>
internal static class GrpcDuplex
{
    public static async Task AnswerAsync(HttpContext context, RpcMethod method, CallContext call, bool compress)
    {
        var cancellation = call.Cancellation;

        // A stream may be silent for as long as it likes, and long in all.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var started = false;
        await foreach (var reply in RpcCalls.Duplex(method, Requests(context, method, cancellation), call).WithCancellation(cancellation))
        {
            if (!started)
            {
                call.WriteHeaders(context.Response);
                started = true;
            }

            GrpcTransport.Write(context.Response.BodyWriter, reply, compress);
            await context.Response.BodyWriter.FlushAsync(cancellation);
        }
    }

    private static async IAsyncEnumerable<IMessage> Requests(
        HttpContext context,
        RpcMethod method,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        while (await GrpcTransport.ReadAsync(context, method, cancellation) is { } request)
        {
            yield return request;
        }
    }
}
