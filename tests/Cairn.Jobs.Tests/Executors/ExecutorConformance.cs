using Cairn.Jobs.Agent;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Tasks;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors;

/// <summary>What every executor promises. A test class for each runs them all.</summary>
public abstract class ExecutorConformance : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly AcceptingServer _server = new();
    private readonly string _task = "t" + Guid.NewGuid().ToString("n")[..12];

    internal abstract IExecutor Executor { get; }

    /// <summary>The image that the tasks run in, or null.</summary>
    protected virtual Task<string?> ImageAsync() => Task.FromResult<string?>(null);

    /// <summary>What the server's configuration changes of a task's record.</summary>
    internal virtual TaskRecord Configure(TaskRecord record) => record;

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_task_runs_and_its_end_is_recorded()
    {
        var attempt = await PrepareAsync("echo out; echo err >&2");

        (await StateAsync(attempt)).ShouldBe(AttemptState.NotStarted);
        var exit = await RunAsync(attempt);

        exit.Outcome.ShouldBe(TaskOutcome.Succeeded, exit.Reason);
        Lines(attempt).ShouldBe(["out", "err"], ignoreOrder: true);
        attempt.IsLocked().ShouldBeFalse();
    }

    [Theory]
    [InlineData("echo because >&2; exit 3", 3, "because")]
    [InlineData("sh -c 'kill -9 $$'; exit $?", 137, "signal 9")]
    [InlineData("no-such-command", 127, "127")]
    public async Task a_failure_is_recorded_with_its_reason(string command, int code, string reason)
    {
        var exit = await RunAsync(await PrepareAsync(command));

        exit.Outcome.ShouldBe(TaskOutcome.Failed);
        exit.ExitCode.ShouldBe(code);
        exit.Reason.ShouldContain(reason);
    }

    [Fact]
    public async Task however_often_it_is_started_it_runs_once()
    {
        var attempt = await PrepareAsync("echo ran; sleep 1");
        for (var i = 0; i < 4; i++)
        {
            await Executor.StartAsync(GangOf(attempt), default);
        }

        var exit = await EndAsync(attempt);
        await Executor.StartAsync(GangOf(attempt), default);

        exit.Outcome.ShouldBe(TaskOutcome.Succeeded, exit.Reason);
        Lines(attempt).ShouldBe(["ran"]);
    }

    [Fact]
    public async Task a_task_that_is_asked_to_end_may_clean_up()
    {
        var attempt = await PrepareAsync("trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.05; done");
        await Executor.StartAsync(GangOf(attempt), default);
        await Poll.UntilAsync(() => Lines(attempt).Contains("ready"), "the task to be ready");

        attempt.RequestStop();

        (await EndAsync(attempt)).Outcome.ShouldBe(TaskOutcome.Cancelled);
        Lines(attempt).ShouldBe(["ready", "bye"]);
    }

    [Fact]
    public async Task a_task_that_does_not_end_is_killed()
    {
        var attempt = await PrepareAsync("trap '' TERM; echo ready; while true; do sleep 0.05; done", timeout: 2);

        var exit = await RunAsync(attempt);

        exit.Outcome.ShouldBe(TaskOutcome.Failed);
        exit.Reason.ShouldContain("timed out");
    }

    [Fact]
    public async Task what_is_killed_with_its_agent_is_lost_and_leaves_nothing_running()
    {
        var mark = "86" + Random.Shared.Next(1000, 9999);
        var attempt = await PrepareAsync($"echo ready; sleep {mark}");
        await Executor.StartAsync(GangOf(attempt), default);
        await Poll.UntilAsync(() => Lines(attempt).Contains("ready"), "the task to be ready");
        (await StateAsync(attempt)).ShouldBe(AttemptState.Running);

        await Executor.KillAsync(GangOf(attempt), default);

        await Poll.UntilAsync(async () => await StateAsync(attempt) == AttemptState.Lost, "the attempt to be lost");
        await Executor.CleanAsync(GangOf(attempt), default);
        await Poll.UntilAsync(() => !AnyProcess($"sleep\0{mark}\0"), "the program to be gone");
    }

    [Fact]
    public async Task a_gangs_replicas_run_all_and_end_each_for_itself()
    {
        var gang = await PrepareGangAsync("echo $0; case $0 in workerpool1-1) exit 3;; workerpool2-*) sleep 60;; esac", [1, 2, 1]);
        (await StatesAsync(gang)).ShouldBe(Enumerable.Repeat(AttemptState.NotStarted, 4));

        await Executor.StartAsync(gang, default);

        await Poll.UntilAsync(
            async () => (await StatesAsync(gang)).Take(3).All(static state => state == AttemptState.Ended),
            "the workers to end"
        );
        await Poll.UntilAsync(
            async () => (await StatesAsync(gang))[3] == AttemptState.Running && Lines(gang.Replicas[3].Directory).Count > 0,
            "the server to run on"
        );
        await Executor.StartAsync(gang, default);
        gang.Replicas[3].Directory.RequestStop("enough");
        await Poll.UntilAsync(
            async () => (await StatesAsync(gang)).All(static state => state == AttemptState.Ended) && !gang.IsLocked(),
            "all to end"
        );
        gang.Replicas.Select(static replica => replica.Directory.ReadExit()!.Outcome)
            .ShouldBe([TaskOutcome.Succeeded, TaskOutcome.Succeeded, TaskOutcome.Failed, TaskOutcome.Cancelled]);
        gang.Replicas[3].Directory.ReadExit()!.Reason.ShouldBe("enough");
        gang.Replicas.Select(static replica => Lines(replica.Directory).ShouldHaveSingleItem())
            .ShouldBe(gang.Replicas.Select(static replica => replica.Record.Replica));
    }

    [Fact]
    public async Task a_replica_that_is_asked_to_end_before_it_has_begun_never_begins()
    {
        var gang = await PrepareGangAsync("echo ran", [1, 1]);
        gang.RequestStop();

        await Executor.StartAsync(gang, default);
        await Executor.KillAsync(gang, default);

        await Poll.UntilAsync(
            async () => (await StatesAsync(gang)).All(static state => state == AttemptState.NotStarted),
            "the agents to be gone"
        );
        gang.Replicas.ShouldAllBe(static replica => !File.Exists(replica.Directory.StartFile));
    }

    private async Task<AttemptDirectory> PrepareAsync(string script, double timeout = 60) =>
        (await PrepareGangAsync(script, null, timeout)).Replicas[0].Directory;

    /// <summary>A gang of pools of so many replicas, each of which runs the script with its own name as <c>$0</c>.</summary>
    private protected async Task<Gang> PrepareGangAsync(
        string script,
        int[]? pools,
        double timeout = 60,
        Func<TaskRecord, TaskRecord>? change = null
    )
    {
        if (Executor.Obstacle() is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        var image = await ImageAsync();
        var records = ClusterPlace
            .All(pools ?? [1])
            .Select(place =>
                (change ?? Configure)(
                    new TaskRecord
                    {
                        Task = _task,
                        Attempt = 1,
                        Project = "p",
                        Location = "l",
                        Place = place,
                        Endpoint = _server.Url,
                        EndpointFile = _scratch["endpoint"],
                        Executor = Executor.Name,
                        Launcher = image is null ? "process" : "podman",
                        Cairn = ServerProcess.Executable,
                        Image = image,
                        Command = ["sh", "-c", script, place.Name],
                        TimeoutSeconds = timeout,
                        GraceSeconds = 1,
                    }
                )
            )
            .ToList();
        return new GangDirectory(_scratch.Path, _task, 1).Write(Executor.Name, records, "a-token");
    }

    private static Gang GangOf(AttemptDirectory attempt) => GangDirectory.Of(attempt).Read()!;

    private async Task<IReadOnlyList<AttemptState>> StatesAsync(Gang gang) =>
        [.. (await Executor.ObserveAsync(gang, default)).Select(static status => status.State)];

    private async Task<ExitRecord> RunAsync(AttemptDirectory attempt)
    {
        await Executor.StartAsync(GangOf(attempt), default);
        return await EndAsync(attempt);
    }

    private async Task<ExitRecord> EndAsync(AttemptDirectory attempt)
    {
        await Poll.UntilAsync(async () => await StateAsync(attempt) is AttemptState.Ended && !attempt.IsLocked(), "the attempt to end");
        return attempt.ReadExit()!;
    }

    private async Task<AttemptState> StateAsync(AttemptDirectory attempt) => (await StatesAsync(GangOf(attempt))).ShouldHaveSingleItem();

    private protected static List<string> Lines(AttemptDirectory attempt) =>
        [.. LogSpool.Read(attempt.LogSpool, 0).Lines.Where(line => line.Source != LogSpool.Service).Select(line => line.Text)];

    private static bool AnyProcess(string commandLine) =>
        Directory
            .GetDirectories("/proc")
            .Any(folder =>
            {
                try
                {
                    return char.IsAsciiDigit(Path.GetFileName(folder)[0])
                        && File.ReadAllText(Path.Combine(folder, "cmdline")).EndsWith(commandLine, StringComparison.Ordinal);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return false;
                }
            });
}
