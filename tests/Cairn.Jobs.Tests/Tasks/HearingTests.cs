using Cairn.Jobs.Tasks;
using Cairn.Jobs.Tests.Executors;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tests.Tasks;

/// <summary>The controller hears of starts and ends, and does not wait for its next look.</summary>
public sealed class HearingTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly AcceptingServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task jobs_run_and_the_next_in_line_starts_where_nobody_looks()
    {
        var options = new JobsOptions { Slots = 1, PollInterval = TimeSpan.FromDays(1) };
        await using var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, options);
        await machine.Controller.StartAsync(default);
        try
        {
            var first = await machine.SubmitAsync("echo one");
            var second = await machine.SubmitAsync("echo two; exit 3");

            await Poll.UntilAsync(async () => CustomJobs.CustomJobs.IsTerminal((await machine.GetAsync(second)).State), "both jobs to end");
            (await machine.GetAsync(first)).State.ShouldBe(JobState.Succeeded);
            (await machine.GetAsync(second)).State.ShouldBe(JobState.Failed);
        }
        finally
        {
            await machine.Controller.StopAsync(default);
        }
    }

    [Fact]
    public async Task a_task_at_a_long_step_holds_up_no_other_and_is_taken_further_once_more()
    {
        var open = new TaskCompletionSource();
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var steps = new TaskSteps(async task =>
        {
            counts.AddOrUpdate(task, 1, static (_, count) => count + 1);
            if (task == "long")
            {
                await open.Task;
            }
        });

        var walk = steps.Take("long");
        await Poll.UntilAsync(() => counts.ContainsKey("long"), "the long step to begin");
        await steps.Take("short");
        for (var i = 0; i < 3; i++)
        {
            steps.Take("long").ShouldBe(walk);
        }

        counts["long"].ShouldBe(1);
        open.SetResult();
        await steps.WhenIdleAsync();
        counts["long"].ShouldBe(2);
        counts["short"].ShouldBe(1);
    }
}
