using Cairn.Kernel.Errors;
using Cairn.Kernel.Work;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.Extensions.Logging;

namespace Cairn.Kernel.Operations;

/// <summary>
/// Runs what was enqueued: work whose key is the operation's name. An operation has one step, which is run again when its server dies
/// before its end is written, and when the store was away; whatever else its handler throws is the operation's error.
/// </summary>
public sealed partial class OperationWorker(OperationStore store, IEnumerable<IOperationHandler> handlers, ILogger<OperationWorker> logger)
    : IWorker
{
    public const string KindName = "operation";

    private readonly Dictionary<string, IOperationHandler> _byName = handlers.ToDictionary(static handler => handler.Name);

    /// <summary>Handlers mostly wait, for models that load and files that are written, so many may run beside each other.</summary>
    public WorkKind Kind { get; } = new(KindName, AtOnce: 256);

    public async Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost)
    {
        if (await store.PendingAsync(item.Key, lost) is { } work)
        {
            var outcome = await OutcomeAsync(item, work, lost);
            await store.EndAsync(item, outcome);
        }

        return WorkStep.Done;
    }

    /// <summary>Runs the handler and returns what to write into the operation.</summary>
    private async Task<Action<Operation>> OutcomeAsync(WorkItem item, OperationWork work, CancellationToken lost)
    {
        if (item.Cancelled)
        {
            return static operation =>
                operation.Error = new Status { Code = (int)Code.Cancelled, Message = "The operation was cancelled." };
        }

        try
        {
            if (!_byName.TryGetValue(work.Handler, out var handler))
            {
                throw new StatusException(Code.Internal, $"This server has no handler '{work.Handler}' for the operation.");
            }

            var response = await handler.RunAsync(item.Key, work.Request, lost);
            return operation => operation.Response = Any.Pack(response);
        }
        catch (Exception error) when (!lost.IsCancellationRequested && !IsStoreAway(error))
        {
            var status = StatusOf(work.Handler, item.Key, error);
            return operation => operation.Error = status;
        }
    }

    /// <summary>Whether it was the database that could not do what was asked of it now, and may in a while.</summary>
    private static bool IsStoreAway(Exception error) => StorageErrors.Of(error) is { Code: Code.Unavailable or Code.Aborted };

    private Status StatusOf(string handler, string operation, Exception error)
    {
        if ((StorageErrors.Of(error) ?? error) is StatusException known)
        {
            if (known.Code == Code.Internal)
            {
                Log.HandlerFailed(logger, error, handler, operation);
            }

            return new Status
            {
                Code = (int)known.Code,
                Message = known.Message,
                Details = { known.Details },
            };
        }

        Log.HandlerFailed(logger, error, handler, operation);
        return new Status { Code = (int)Code.Internal, Message = "The server failed while it ran the operation; its log says more." };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Handler {Handler} failed on {Operation}.")]
        public static partial void HandlerFailed(ILogger logger, Exception error, string handler, string operation);
    }
}
