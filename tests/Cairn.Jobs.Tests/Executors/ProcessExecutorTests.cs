using Cairn.Jobs.Executors;

namespace Cairn.Jobs.Tests.Executors;

public sealed class ProcessExecutorTests : ExecutorConformance
{
    internal override IExecutor Executor { get; } = new ProcessExecutor(new LocalAgents());
}
