using Cairn.Jobs.Agent;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Tasks;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors;

/// <summary>What every executor promises. A test class for each runs them all.</summary>
public abstract class ExecutorConformance : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly AcceptingServer server = new();
    private readonly string task = "t" + Guid.NewGuid().ToString("n")[..12];

    internal abstract IExecutor Executor { get; }

    /// <summary>The image that the tasks run in, or null.</summary>
    protected virtual Task<string?> ImageAsync() => Task.FromResult<string?>(null);

    /// <summary>What the server's configuration changes of a task's record.</summary>
    internal virtual TaskRecord Configure(TaskRecord record) => record;

    public void Dispose()
    {
        server.Dispose();
        scratch.Dispose();
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
        var record = attempt.ReadTask()!;
        for (var i = 0; i < 4; i++)
        {
            await Executor.StartAsync(attempt, record, default);
        }

        var exit = await EndAsync(attempt);
        await Executor.StartAsync(attempt, record, default);

        exit.Outcome.ShouldBe(TaskOutcome.Succeeded, exit.Reason);
        Lines(attempt).ShouldBe(["ran"]);
    }

    [Fact]
    public async Task a_task_that_is_asked_to_end_may_clean_up()
    {
        var attempt = await PrepareAsync("trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.05; done");
        await Executor.StartAsync(attempt, attempt.ReadTask()!, default);
        await Poll.UntilAsync(() => Lines(attempt).Contains("ready"), "the task to be ready");

        attempt.RequestCancel();

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
        await Executor.StartAsync(attempt, attempt.ReadTask()!, default);
        await Poll.UntilAsync(() => Lines(attempt).Contains("ready"), "the task to be ready");
        (await StateAsync(attempt)).ShouldBe(AttemptState.Running);

        await Executor.KillAsync(attempt, default);

        await Poll.UntilAsync(async () => await StateAsync(attempt) == AttemptState.Lost, "the attempt to be lost");
        await Executor.CleanAsync(attempt, default);
        await Poll.UntilAsync(() => !AnyProcess($"sleep\0{mark}\0"), "the program to be gone");
    }

    private async Task<AttemptDirectory> PrepareAsync(string script, double timeout = 60)
    {
        if (Executor.Obstacle() is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        var attempt = new AttemptDirectory(scratch.Path, task, 1);
        attempt.Create();
        attempt.WriteToken("a-token");
        attempt.WriteTask(Configure(new TaskRecord
        {
            Task = task,
            Attempt = 1,
            Project = "p",
            Location = "l",
            Endpoint = server.Url,
            EndpointFile = scratch["endpoint"],
            Executor = Executor.Name,
            Cairn = ServerProcess.Executable,
            Image = await ImageAsync(),
            Command = ["sh", "-c", script],
            TimeoutSeconds = timeout,
            GraceSeconds = 1,
        }));
        return attempt;
    }

    private async Task<ExitRecord> RunAsync(AttemptDirectory attempt)
    {
        await Executor.StartAsync(attempt, attempt.ReadTask()!, default);
        return await EndAsync(attempt);
    }

    private async Task<ExitRecord> EndAsync(AttemptDirectory attempt)
    {
        await Poll.UntilAsync(async () => await StateAsync(attempt) is AttemptState.Ended && !attempt.IsLocked(), "the attempt to end");
        return attempt.ReadExit()!;
    }

    private async Task<AttemptState> StateAsync(AttemptDirectory attempt) => (await Executor.ObserveAsync(attempt, default)).State;

    private static List<string> Lines(AttemptDirectory attempt) =>
        [.. LogSpool.Read(attempt.LogSpool, 0).Lines.Where(line => line.Source != LogSpool.Service).Select(line => line.Text)];

    private static bool AnyProcess(string commandLine) => Directory.GetDirectories("/proc").Any(folder =>
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(folder)[0]) && File.ReadAllText(Path.Combine(folder, "cmdline")).EndsWith(commandLine, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
