using Cairn.Jobs.Executors;
using Cairn.Jobs.Interop;
using Cairn.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Jobs.Tests.Executors;

public sealed class ProcessExecutorTests : ExecutorConformance
{
    internal override IExecutor Executor { get; } = new ProcessExecutor(new LocalAgents(NullLogger<LocalAgents>.Instance));

    [Fact]
    public async Task a_task_whose_machine_shuts_down_may_clean_up_and_is_lost()
    {
        var gang = await PrepareGangAsync("trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.05; done", [1]);
        var directory = gang.Replicas[0].Directory;
        await Executor.StartAsync(gang, default);
        await Poll.UntilAsync(() => Lines(directory).Contains("ready"), "the task to be ready");

        Libc.Kill(directory.ReadStart()!.Pid, Libc.SigTerm).ShouldBe(0);

        await Poll.UntilAsync(async () => (await Executor.ObserveAsync(gang, default))[0].IsOver, "the agent to end");
        (await Executor.ObserveAsync(gang, default))[0].State.ShouldBe(AttemptState.Lost);
        Lines(directory).ShouldBe(["ready", "bye"]);
    }
}
