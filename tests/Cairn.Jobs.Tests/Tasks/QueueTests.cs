using Cairn.Jobs.Tasks;
using Cairn.Jobs.Tests.Executors;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Tests.Tasks;

public sealed class QueueTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly AcceptingServer server = new();

    public void Dispose()
    {
        server.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public async Task no_more_run_than_there_are_slots_in_line_and_fair_among_projects()
    {
        await using var machine = await StateMachine.StartAsync(scratch.Path, server.Url, new JobsOptions { Slots = 2 });
        var greedy = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            greedy.Add(await machine.SubmitAsync("sleep 60", "greedy"));
        }

        var modest = await machine.SubmitAsync("sleep 60", "modest");
        await machine.Controller.TickAsync(default);

        (await machine.TaskAsync(greedy[0]))!.State.ShouldNotBe(TaskState.Queued);
        (await machine.TaskAsync(modest))!.State.ShouldNotBe(TaskState.Queued);
        (await machine.TaskAsync(greedy[1]))!.State.ShouldBe(TaskState.Queued);
        (await machine.GetAsync(greedy[2])).State.ShouldBe(JobState.Queued);
        await CancelAllAsync(machine, [.. greedy, modest]);
    }

    [Fact]
    public async Task a_job_that_waits_too_long_fails_with_a_sentence()
    {
        await using var machine = await StateMachine.StartAsync(scratch.Path, server.Url, new JobsOptions { Slots = 1 });
        var first = await machine.SubmitAsync("sleep 60");
        await machine.Controller.TickAsync(default);
        var second = await machine.SubmitAsync("echo", change: job => job.JobSpec.Scheduling = new Scheduling { MaxWaitDuration = new Duration { Seconds = 1 } });

        var ended = await machine.RunToEndAsync(second);

        ended.State.ShouldBe(JobState.Failed);
        ended.Error.Message.ShouldContain("max_wait_duration");
        await CancelAllAsync(machine, [first]);
    }

    private static async Task CancelAllAsync(StateMachine machine, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            await machine.CancelAsync(name);
            await machine.RunToEndAsync(name);
        }
    }
}
