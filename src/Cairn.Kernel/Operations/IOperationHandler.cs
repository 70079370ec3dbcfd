using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Operations;

/// <summary>
/// Work behind a long-running operation. Registered in the container; looked up by name; run at least once, so idempotent.
/// </summary>
public interface IOperationHandler
{
    /// <summary>The stable name that <see cref="IOperations.Enqueue"/> stored.</summary>
    string Name { get; }

    /// <summary>
    /// Does the work and returns the operation's response. A <see cref="Errors.StatusException"/> becomes the operation's error.
    /// </summary>
    /// <param name="operation">The operation's full name.</param>
    /// <param name="request">What was enqueued.</param>
    /// <param name="cancellation">Fires when the operation is cancelled or the server stops.</param>
    Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation);
}
