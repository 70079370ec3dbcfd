using Cairn.Jobs.Executors;
using Cairn.Jobs.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Jobs.Tests.Executors;

/// <summary>The same promises without bubblewrap.</summary>
public sealed class PlainProcessExecutorTests : ExecutorConformance
{
    internal override IExecutor Executor { get; } = new ProcessExecutor(new LocalAgents(NullLogger<LocalAgents>.Instance));

    internal override TaskRecord Configure(TaskRecord record) => record with { Sandbox = SandboxMode.Off };
}
