using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Operations;

/// <summary><c>google.longrunning.Operations</c>, on every door: get, list, wait, cancel, delete.</summary>
public sealed class OperationsService(OperationStore operations, IResourceStore store, OperationSignal signal, TimeProvider time)
    : IRpcService
{
    /// <summary>The longest that one WaitOperation call is held; the client calls again.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    public ServiceDescriptor Descriptor => OperationsReflection.Descriptor.FindTypeByName<ServiceDescriptor>("Operations");

    [Permission("aiplatform.operations.get")]
    public Task<Operation> GetOperation(GetOperationRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return store.GetAsync<Operation>(OperationKind.Operation, request.Name, context.Cancellation);
    }

    [Permission("aiplatform.operations.list")]
    public async Task<ListOperationsResponse> ListOperations(ListOperationsRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var parent = request.Name.EndsWith("/operations", StringComparison.Ordinal) ? request.Name[..^"/operations".Length] : request.Name;
        var page = await store.ListAsync<Operation>(
            OperationKind.Operation,
            new ListQuery(parent, request.Filter, "", request.PageSize, request.PageToken),
            context.Cancellation
        );
        return new ListOperationsResponse { Operations = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.operations.get")]
    public async Task<Operation> WaitOperation(WaitOperationRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var wait = request.Timeout is { } asked ? asked.ToTimeSpan() : MaxWait;
        var deadline =
            time.GetUtcNow()
            + (
                wait < TimeSpan.Zero ? TimeSpan.Zero
                : wait < MaxWait ? wait
                : MaxWait
            );
        while (true)
        {
            var next = signal.Next;
            var operation = await store.GetAsync<Operation>(OperationKind.Operation, request.Name, context.Cancellation);
            var left = deadline - time.GetUtcNow();
            if (operation.Done || left <= TimeSpan.Zero || context.Stopping.IsCancellationRequested)
            {
                return operation;
            }

            try
            {
                // Another server's end of the operation pulses nothing here, so look again now and then.
                await next.WaitAsync(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), time, context.Cancellation);
            }
            catch (TimeoutException) { }
        }
    }

    [Permission("aiplatform.operations.cancel")]
    public async Task<Empty> CancelOperation(CancelOperationRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        await operations.CancelAsync(request.Name, context.Cancellation);
        return new Empty();
    }

    [Permission("aiplatform.operations.delete")]
    public async Task<Empty> DeleteOperation(DeleteOperationRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return await operations.DeleteAsync(request.Name, context.Cancellation)
            ? new Empty()
            : throw StatusException.NotFound($"Operation '{request.Name}' does not exist.");
    }
}
