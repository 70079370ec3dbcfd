using Cairn.Cli.Shell;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Cairn.Cli.Api;

/// <summary>A unary gRPC call in cleartext.</summary>
internal static class GrpcCall
{
    /// <param name="address">Host and port.</param>
    /// <param name="service">The service's full name: <c>google.cloud.aiplatform.v1.PredictionService</c>.</param>
    /// <param name="method">The method's name: <c>Predict</c>.</param>
    /// <param name="request">What is sent.</param>
    /// <param name="token">The caller's token, or null for none.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="ApiException">The server answered with an error.</exception>
    /// <exception cref="CliException">The server does not answer.</exception>
    public static async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        string address,
        string service,
        string method,
        TRequest request,
        string? token,
        CancellationToken cancellation
    )
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        // The server says how large a message may be.
        using var channel = GrpcChannel.ForAddress("http://" + address, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var call = new Method<TRequest, TResponse>(MethodType.Unary, service, method, Form<TRequest>(), Form<TResponse>());
        var headers = token is null ? [] : new Metadata { { "authorization", "Bearer " + token } };
        try
        {
            return await channel
                .CreateCallInvoker()
                .AsyncUnaryCall(call, null, new CallOptions(headers, cancellationToken: cancellation), request);
        }
        catch (RpcException e) when (e.Status.DebugException is HttpRequestException unreached)
        {
            throw new CliException($"The gRPC call to {address} failed: {(unreached.InnerException ?? unreached).Message}");
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (RpcException e)
        {
            throw new ApiException(((Google.Rpc.Code)e.StatusCode).ToString(), e.Status.Detail);
        }
    }

    private static Marshaller<T> Form<T>()
        where T : IMessage<T>, new() =>
        Marshallers.Create(static message => message.ToByteArray(), new MessageParser<T>(static () => new T()).ParseFrom);
}
