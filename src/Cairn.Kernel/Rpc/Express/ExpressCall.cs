using System.Buffers;
using Cairn.Kernel.Http;

namespace Cairn.Kernel.Rpc.Express;

/// <summary>A request as it came, and where its answer goes.</summary>
/// <param name="context">The call.</param>
/// <param name="body">The message: JSON, or protobuf's wire format.</param>
/// <param name="variables">What stands in the REST path; null for gRPC, whose messages have it all.</param>
/// <param name="reply">Receives the answer in the request's format; nothing may be written before it is sure that all of it can be.</param>
public sealed class ExpressCall(CallContext context, ReadOnlyMemory<byte> body, RouteValues? variables, IBufferWriter<byte> reply)
{
    public CallContext Context => context;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Whether body and reply are JSON.</summary>
    public bool IsJson => variables is not null;

    public IBufferWriter<byte> Reply => reply;

    /// <summary>A variable of the REST path, or null.</summary>
    public string? Variable(string name) => variables?.Find(name);
}
