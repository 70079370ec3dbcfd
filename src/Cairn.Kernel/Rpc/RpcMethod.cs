using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>A method of a service with what answers it.</summary>
public sealed class RpcMethod
{
    public required MethodDescriptor Descriptor { get; init; }

    /// <summary>The permission the handler declared; for a method without a handler, the one that its name gives.</summary>
    public required string Permission { get; init; }

    /// <summary>Answers a unary call, or null.</summary>
    public Func<IMessage, CallContext, Task<IMessage>>? Unary { get; init; }

    /// <summary>Answers a server-streaming call, or null.</summary>
    public Func<IMessage, CallContext, IAsyncEnumerable<IMessage>>? Streaming { get; init; }

    /// <summary>
    /// Answers a call in which both sides stream, or null. Such a method has <see cref="Streaming"/> as well, for a client that sends one
    /// message only.
    /// </summary>
    public Func<IAsyncEnumerable<IMessage>, CallContext, IAsyncEnumerable<IMessage>>? Duplex { get; init; }

    /// <summary>Answers usual unary calls without making messages of them, or null.</summary>
    public Express.IExpressHandler? Express { get; init; }

    public bool IsHandled => Unary is not null || Streaming is not null;

    /// <summary><c>package.Service/Method</c>.</summary>
    public string FullName => field ??= $"{Descriptor.Service.FullName}/{Descriptor.Name}";

    /// <summary>The gRPC path: <c>/package.Service/Method</c>.</summary>
    public string Path => "/" + FullName;
}
