using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Tests.Executors;
using Cairn.Jobs.Tests.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tests.Accelerators;

/// <summary>Accelerators are handed out as slots are.</summary>
public sealed class AcceleratorLineTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly AcceptingServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task a_job_waits_until_accelerators_are_free_and_gets_in_nobodys_way()
    {
        await using var machine = await StartAsync("NVIDIA_TESLA_T4=2", slots: 4);
        var first = await SubmitAsync(machine, 1);
        var second = await SubmitAsync(machine, 1);
        var third = await SubmitAsync(machine, 1);
        var plain = await SubmitAsync(machine, 0);
        await machine.Controller.TickAsync(default);

        (await NumbersAsync(machine, first)).ShouldBe([0]);
        (await NumbersAsync(machine, second)).ShouldBe([1]);
        (await machine.TaskAsync(third))!.State.ShouldBe(TaskState.Queued);
        (await machine.TaskAsync(plain))!.State.ShouldNotBe(TaskState.Queued);
        (await NumbersAsync(machine, plain)).ShouldBeEmpty();

        await EndAsync(machine, second);
        (await NumbersAsync(machine, third)).ShouldBe([1]);
        await EndAsync(machine, first, third, plain);
    }

    [Fact]
    public async Task the_replicas_of_a_gang_get_theirs_at_once_each_its_own()
    {
        await using var machine = await StartAsync("NVIDIA_L4=1,NVIDIA_TESLA_T4=4", slots: 4);
        var gang = await machine.SubmitAsync(
            "sleep 60",
            change: job =>
            {
                Ask(job, 1, AcceleratorType.NvidiaL4);
                var pool = job.JobSpec.WorkerPoolSpecs[0].Clone();
                pool.MachineSpec = new MachineSpec { AcceleratorType = AcceleratorType.NvidiaTeslaT4, AcceleratorCount = 2 };
                pool.ReplicaCount = 2;
                job.JobSpec.WorkerPoolSpecs.Add(pool);
            }
        );
        await machine.Controller.TickAsync(default);

        string[] replicas = ["workerpool0-0", "workerpool1-0", "workerpool1-1"];
        replicas
            .Select(replica => Accelerator.Format(Record(gang, replica).Accelerators!))
            .ShouldBe(["NVIDIA_L4:0", "NVIDIA_TESLA_T4:1,NVIDIA_TESLA_T4:2", "NVIDIA_TESLA_T4:3,NVIDIA_TESLA_T4:4"]);
        await EndAsync(machine, gang);
    }

    [Fact]
    public async Task accelerators_are_kept_for_a_job_that_needs_several_and_slots_only_as_many_as_it_takes()
    {
        await using var machine = await StartAsync("NVIDIA_TESLA_T4=2", slots: 4, reserveAfter: TimeSpan.Zero);
        var first = await SubmitAsync(machine, 1);
        await machine.Controller.TickAsync(default);
        var both = await SubmitAsync(machine, 2);
        await machine.Controller.TickAsync(default);
        var late = await SubmitAsync(machine, 1, "other");
        var plain = await SubmitAsync(machine, 0);
        await machine.Controller.TickAsync(default);

        (await machine.TaskAsync(both))!.Reserved.ShouldNotBeNull();
        (await machine.TaskAsync(late))!.State.ShouldBe(TaskState.Queued);
        (await machine.TaskAsync(plain))!.State.ShouldNotBe(TaskState.Queued);

        await EndAsync(machine, first);
        (await NumbersAsync(machine, both)).ShouldBe([0, 1]);
        (await machine.TaskAsync(late))!.State.ShouldBe(TaskState.Queued);
        await EndAsync(machine, both, late, plain);
    }

    [Fact]
    public async Task a_restarted_server_knows_who_has_which()
    {
        string first,
            second;
        await using (var machine = await StartAsync("NVIDIA_TESLA_T4=2", slots: 4))
        {
            first = await SubmitAsync(machine, 1);
            second = await SubmitAsync(machine, 1);
            await machine.Controller.TickAsync(default);
            await EndAsync(machine, first);
        }

        await using var restarted = await StartAsync("NVIDIA_TESLA_T4=2", slots: 4);
        var third = await SubmitAsync(restarted, 1);
        await restarted.Controller.TickAsync(default);

        (await NumbersAsync(restarted, second)).ShouldBe([1]);
        (await NumbersAsync(restarted, third)).ShouldBe([0]);
        await EndAsync(restarted, second, third);
    }

    [Fact]
    public async Task a_job_that_asks_for_more_than_there_are_is_refused()
    {
        await using var machine = await StartAsync("NVIDIA_TESLA_T4=2");

        var refusal = await Should.ThrowAsync<StatusException>(() => SubmitAsync(machine, 3));

        refusal.Code.ShouldBe(Google.Rpc.Code.FailedPrecondition);
        refusal.Message.ShouldContain("asks for 3 × NVIDIA_TESLA_T4");
    }

    [Fact]
    public async Task a_job_in_line_that_a_restarted_server_has_no_accelerators_for_fails_with_a_sentence()
    {
        string waiting;
        await using (var machine = await StartAsync("NVIDIA_TESLA_T4=2"))
        {
            waiting = await SubmitAsync(machine, 1);
        }

        await using var without = await StartAsync("refuse");
        var ended = await without.RunToEndAsync(waiting);

        ended.State.ShouldBe(JobState.Failed);
        ended.Error.Message.ShouldContain("1 × NVIDIA_TESLA_T4");
    }

    [Fact]
    public async Task where_they_are_ignored_a_job_runs_without()
    {
        await using var machine = await StartAsync("ignore");
        var job = await SubmitAsync(machine, 3);
        await machine.Controller.TickAsync(default);

        (await machine.TaskAsync(job))!.State.ShouldNotBe(TaskState.Queued);
        Record(job, "workerpool0-0").Accelerators.ShouldBeNull();
        await EndAsync(machine, job);
    }

    private Task<StateMachine> StartAsync(string accelerators, int slots = 2, TimeSpan? reserveAfter = null) =>
        StateMachine.StartAsync(
            _scratch.Path,
            _server.Url,
            new JobsOptions
            {
                Slots = slots,
                ReserveAfter = reserveAfter ?? TimeSpan.FromMinutes(1),

                // Nothing of the machine that the test runs on.
                Accelerators = AcceleratorOptions.Parse(accelerators) with
                {
                    DeviceFolder = _scratch["dev"],
                    DriverFolder = _scratch["driver"],
                },
            }
        );

    private static Task<string> SubmitAsync(StateMachine machine, int count, string project = "p") =>
        machine.SubmitAsync("sleep 60", project, job => Ask(job, count, AcceleratorType.NvidiaTeslaT4));

    private static void Ask(CustomJob job, int count, AcceleratorType type) =>
        job.JobSpec.WorkerPoolSpecs[0].MachineSpec =
            count == 0 ? new MachineSpec() : new MachineSpec { AcceleratorType = type, AcceleratorCount = count };

    private TaskRecord Record(string job, string replica) =>
        new AttemptDirectory(Path.Combine(_scratch["jobs"], job.Split('/')[^1], "1", replica)).ReadTask()!;

    private static async Task<IEnumerable<int>> NumbersAsync(StateMachine machine, string job) =>
        (await machine.TaskAsync(job))!.Accelerators!.Select(static one => one.Number);

    /// <summary>Ends jobs, and hands out what they had.</summary>
    private static async Task EndAsync(StateMachine machine, params IEnumerable<string> jobs)
    {
        foreach (var job in jobs)
        {
            await machine.CancelAsync(job);
            await Poll.UntilAsync(
                async () =>
                {
                    await machine.Controller.TickAsync(default);
                    return (await machine.TaskAsync(job))!.State == TaskState.Done;
                },
                $"{job} to be put away"
            );
        }

        await machine.Controller.TickAsync(default);
    }
}
