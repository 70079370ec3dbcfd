using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Handlers of one protobuf service. A public method named as the descriptor's method, <c>Task&lt;TResponse&gt; Name(TRequest,
/// CallContext)</c> (or <c>IAsyncEnumerable&lt;TResponse&gt; Name(TRequest, CallContext)</c> for server streaming) with a
/// <see cref="Security.PermissionAttribute"/>, is served over gRPC and over REST. Several classes may share a service, each with methods of
/// its own, where its methods belong to several capabilities; methods that none of them has answer UNIMPLEMENTED by name.
/// </summary>
public interface IRpcService
{
    ServiceDescriptor Descriptor { get; }

    /// <summary>The express lane of a method, or null where it has none.</summary>
    /// <param name="method">The method's name.</param>
    Express.IExpressHandler? Express(string method) => null;
}
