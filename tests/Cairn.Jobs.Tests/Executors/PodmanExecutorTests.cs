using Cairn.Jobs.Executors;

namespace Cairn.Jobs.Tests.Executors;

public sealed class PodmanExecutorTests : ExecutorConformance
{
    internal override IExecutor Executor { get; } = new PodmanExecutor(new LocalAgents());

    protected override async Task<string?> ImageAsync() => await BusyboxImage.EnsureAsync();
}
