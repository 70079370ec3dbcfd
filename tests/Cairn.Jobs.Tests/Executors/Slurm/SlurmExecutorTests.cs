using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Slurm;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Testing;
using Google.Rpc;

namespace Cairn.Jobs.Tests.Executors.Slurm;

/// <summary>On a real Slurm of two nodes.</summary>
public sealed class SlurmExecutorTests(SlurmFixture fixture) : ExecutorConformance, IAsyncLifetime
{
    private SlurmCluster _cluster = null!;
    private IExecutor _executor = null!;

    internal override IExecutor Executor => _executor;

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.StartAsync();
        _executor = SlurmFixture.Executor(_cluster);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task a_submission_that_was_not_written_down_is_found_by_its_name()
    {
        var gang = await PrepareGangAsync("echo ran; sleep 1", [1]);
        await _executor.StartAsync(gang, default);
        var record = Path.Combine(gang.Directory.Path, "slurm.json");
        var written = await File.ReadAllTextAsync(record);
        File.Delete(record);

        await _executor.StartAsync(gang, default);

        TaskJson
            .Read(record, TaskJson.Default.SlurmRecord)!
            .Job.ShouldBe(System.Text.Json.JsonDocument.Parse(written).RootElement.GetProperty("job").GetString());
        await EndAsync(gang);
        Lines(gang.Replicas[0].Directory).ShouldBe(["ran"]);
    }

    [Fact]
    public async Task a_job_submitted_twice_runs_once()
    {
        var gang = await PrepareGangAsync("echo ran; sleep 1", [1, 1]);
        await _executor.StartAsync(gang, default);
        var again = SlurmSubmission.Arguments(gang, new JobsOptions(), AgentEnvironment.Build());
        await _cluster.RunAsync("sbatch", [.. again]);

        await EndAsync(gang);
        await Poll.UntilAsync(
            async () => (await _cluster.RunAsync("squeue", "--noheader", "--name=" + SlurmSubmission.Name(gang))).Length == 0,
            "both jobs to be over"
        );

        gang.Replicas.ShouldAllBe(static replica => Lines(replica.Directory).Count == 1);
        (await _cluster.RunAsync("squeue", "--noheader", "--states=COMPLETED", "--name=" + SlurmSubmission.Name(gang)))
            .Split('\n')
            .Length.ShouldBe(2);
    }

    [Fact]
    public async Task replicas_that_need_a_node_each_run_on_two_nodes_at_once()
    {
        // One is there only when the other is, too: each leaves a mark and waits for the other's.
        var shared = Directory.CreateTempSubdirectory("cairn-test-").FullName;
        var gang = await PrepareGangAsync(
            $"touch {shared}/$0; while [ $(ls {shared} | wc -l) -lt 2 ]; do sleep 0.1; done; echo both",
            [1, 1],
            change: static record => record with { Resources = new TaskResources(8, 1000), Sandbox = SandboxMode.Off }
        );

        await _executor.StartAsync(gang, default);

        (await EndAsync(gang)).ShouldAllBe(static exit => exit.Outcome == TaskOutcome.Succeeded);
        (await _cluster.RunAsync("squeue", "--noheader", "--states=all", "--format=%N", "--name=" + SlurmSubmission.Name(gang))).ShouldBe(
            "n[1-2]"
        );
        Directory.Delete(shared, recursive: true);
    }

    [Fact]
    public async Task pools_of_different_machines_start_together_as_components_of_one_job()
    {
        var gang = await PrepareGangAsync(
            "echo $0",
            [1, 2],
            change: static record => record with { Resources = new TaskResources(record.Place.Pool == 0 ? 4 : 1, 100) }
        );

        await _executor.StartAsync(gang, default);

        (await EndAsync(gang)).ShouldAllBe(static exit => exit.Outcome == TaskOutcome.Succeeded);
        gang.Replicas.Select(static replica => Lines(replica.Directory).ShouldHaveSingleItem())
            .ShouldBe(["workerpool0-0", "workerpool1-0", "workerpool1-1"]);
        var name = SlurmSubmission.Name(gang);
        (await _cluster.RunAsync("squeue", "--noheader", "--states=all", "--sort=i", "--format=%j %C", $"--name={name},{name}.1"))
            .Split('\n')
            .ShouldBe([$"{name} 4", $"{name}.1 2"]);
    }

    [Fact]
    public async Task what_slurm_refuses_it_gives_the_reason_of()
    {
        var gang = await PrepareGangAsync("true", [1]);

        var refused = await Should.ThrowAsync<StatusException>(
            SlurmFixture.Executor(_cluster, "--partition=nowhere").StartAsync(gang, default)
        );

        refused.Message.ShouldContain("nowhere");
        (await _executor.ObserveAsync(gang, default)).ShouldHaveSingleItem().State.ShouldBe(AttemptState.NotStarted);
    }

    [Fact]
    public async Task a_job_that_waits_in_slurms_line_waits_and_can_be_withdrawn()
    {
        var gang = await PrepareGangAsync("echo ran", [1]);
        var held = SlurmFixture.Executor(_cluster, "--hold");
        await held.StartAsync(gang, default);
        (await held.ObserveAsync(gang, default)).ShouldHaveSingleItem().State.ShouldBe(AttemptState.Waiting);

        gang.RequestStop();
        await held.KillAsync(gang, default);

        await Poll.UntilAsync(
            async () => (await held.ObserveAsync(gang, default))[0].State == AttemptState.NotStarted,
            "the job to be withdrawn"
        );
    }

    [Fact]
    public async Task a_job_that_someone_cancels_in_slurm_says_so()
    {
        var gang = await PrepareGangAsync("echo ready; sleep 60", [1]);
        await _executor.StartAsync(gang, default);
        await Poll.UntilAsync(() => Lines(gang.Replicas[0].Directory).Contains("ready"), "the task to be ready");

        await _cluster.RunAsync("scancel", "--name=" + SlurmSubmission.Name(gang));

        AttemptStatus status = AttemptState.NotStarted;
        await Poll.UntilAsync(async () => (status = (await _executor.ObserveAsync(gang, default))[0]).IsOver, "the job to be over");
        status.State.ShouldBe(AttemptState.Lost);
        var loss = status.Loss.ShouldNotBeNull();
        loss.Reason.ShouldContain("cancelled outside of Cairn");
        (loss.Code, loss.Final, loss.Outcome).ShouldBe((Code.Cancelled, true, TaskOutcome.Cancelled));
    }

    [Fact]
    public async Task an_agent_that_cannot_start_is_told_of_with_its_output()
    {
        var gang = await PrepareGangAsync("true", [1], change: static record => record with { Cairn = "/nowhere/cairn" });
        await _executor.StartAsync(gang, default);

        AttemptStatus status = AttemptState.NotStarted;
        await Poll.UntilAsync(async () => (status = (await _executor.ObserveAsync(gang, default))[0]).IsOver, "the job to be over");

        status.Loss.ShouldNotBeNull().Final.ShouldBeTrue();
        status.Loss!.Reason.ShouldContain("/nowhere/cairn");
    }

    private async Task<List<ExitRecord>> EndAsync(Gang gang)
    {
        await Poll.UntilAsync(
            async () => (await _executor.ObserveAsync(gang, default)).All(static status => status.State == AttemptState.Ended),
            "all replicas to end"
        );
        return [.. gang.Replicas.Select(static replica => replica.Directory.ReadExit()!)];
    }
}
