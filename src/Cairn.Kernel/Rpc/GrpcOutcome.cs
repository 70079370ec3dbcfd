using Google.Rpc;

namespace Cairn.Kernel.Rpc;

/// <summary>What became of a call.</summary>
/// <param name="Method">Null where there is no such method, or the caller is not known.</param>
/// <param name="Code">What it was answered with.</param>
public readonly record struct GrpcOutcome(RpcMethod? Method, Code Code);
