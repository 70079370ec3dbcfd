using Cairn.Jobs.Tasks;
using Cairn.Jobs.Tests.Executors;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Tests.Tasks;

public sealed class QueueTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly AcceptingServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task no_more_run_than_there_are_slots_in_line_and_fair_among_projects()
    {
        await using var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions { Slots = 2 });
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
        await using var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions { Slots = 1 });
        var first = await machine.SubmitAsync("sleep 60");
        await machine.Controller.TickAsync(default);
        var second = await machine.SubmitAsync(
            "echo",
            change: job => job.JobSpec.Scheduling = new Scheduling { MaxWaitDuration = new Duration { Seconds = 1 } }
        );

        var ended = await machine.RunToEndAsync(second);

        ended.State.ShouldBe(JobState.Failed);
        ended.Error.Message.ShouldContain("max_wait_duration");
        await CancelAllAsync(machine, [first]);
    }

    [Fact]
    public async Task a_wide_job_takes_all_its_slots_at_once_and_is_not_starved_by_narrow_ones()
    {
        await using var machine = await StateMachine.StartAsync(
            _scratch.Path,
            _server.Url,
            new JobsOptions { Slots = 3, ReserveAfter = TimeSpan.Zero }
        );
        var first = await machine.SubmitAsync("sleep 60");
        await machine.Controller.TickAsync(default);
        var wide = await machine.SubmitAsync("sleep 60", change: job => Widen(job, 2));
        var narrow = await machine.SubmitAsync("sleep 60", "other");
        await machine.Controller.TickAsync(default);

        // The other project's turn comes first; then the wide job's, for which the last slot is kept.
        (await machine.TaskAsync(narrow))!.State.ShouldNotBe(TaskState.Queued);
        var late = await machine.SubmitAsync("sleep 60", "third");
        await machine.Controller.TickAsync(default);
        (await machine.TaskAsync(wide))!.State.ShouldBe(TaskState.Queued);
        (await machine.TaskAsync(wide))!.Reserved.ShouldNotBeNull();
        (await machine.TaskAsync(late))!.State.ShouldBe(TaskState.Queued);

        await CancelAllAsync(machine, [first]);
        await machine.Controller.TickAsync(default);
        (await machine.TaskAsync(wide))!.State.ShouldBe(TaskState.Queued);
        await CancelAllAsync(machine, [narrow]);
        await machine.Controller.TickAsync(default);
        (await machine.TaskAsync(wide))!.State.ShouldNotBe(TaskState.Queued);
        (await machine.TaskAsync(late))!.State.ShouldBe(TaskState.Queued);
        await CancelAllAsync(machine, [wide, late]);
    }

    [Fact]
    public async Task narrow_jobs_go_first_while_a_wide_one_has_not_waited_long()
    {
        await using var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions { Slots = 3 });
        var first = await machine.SubmitAsync("sleep 60");
        await machine.Controller.TickAsync(default);
        var wide = await machine.SubmitAsync("sleep 60", change: job => Widen(job, 2));
        var narrow = await machine.SubmitAsync("sleep 60");

        await machine.Controller.TickAsync(default);

        (await machine.TaskAsync(wide))!.State.ShouldBe(TaskState.Queued);
        (await machine.TaskAsync(narrow))!.State.ShouldNotBe(TaskState.Queued);
        await CancelAllAsync(machine, [first, wide, narrow]);
    }

    [Fact]
    public async Task a_job_that_no_server_is_wide_enough_for_any_more_fails_with_a_sentence()
    {
        string wide;
        await using (var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions { Slots = 3 }))
        {
            wide = await machine.SubmitAsync("echo", change: job => Widen(job, 2));
        }

        await using var smaller = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions { Slots = 2 });
        var ended = await smaller.RunToEndAsync(wide);

        ended.State.ShouldBe(JobState.Failed);
        ended.Error.Message.ShouldContain("--job-slots 3");
    }

    private static void Widen(CustomJob job, int workers)
    {
        var pool = job.JobSpec.WorkerPoolSpecs[0].Clone();
        pool.ReplicaCount = workers;
        job.JobSpec.WorkerPoolSpecs.Add(pool);
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
