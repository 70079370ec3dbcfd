using Cairn.Jobs.Executors;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Jobs.Tests.Executors;

public sealed class PodmanExecutorTests : ExecutorConformance
{
    internal override IExecutor Executor { get; } = new PodmanExecutor(new LocalAgents(NullLogger<LocalAgents>.Instance));

    protected override async Task<string?> ImageAsync() => await BusyboxImage.EnsureAsync();
}
