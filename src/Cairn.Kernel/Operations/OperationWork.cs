using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Operations;

/// <summary>One operation that has not ended.</summary>
internal sealed record OperationWork(string Name, string Handler, Any Request, bool Cancelled);
