using Cairn.Kernel.Store;

namespace Cairn.Kernel.Operations;

/// <summary>Operations are resources like any other, so that they are listed, filtered and paged alike.</summary>
public static class OperationKind
{
    public static ResourceKind Operation { get; } = new("Operation", "operations", Google.LongRunning.Operation.Descriptor);
}
