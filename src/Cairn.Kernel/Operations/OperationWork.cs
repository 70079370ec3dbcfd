using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Operations;

/// <summary>What an operation that has not ended is to do.</summary>
/// <param name="Handler">The name of the <see cref="IOperationHandler"/>.</param>
/// <param name="Request">What the handler is given.</param>
internal sealed record OperationWork(string Handler, Any Request);
