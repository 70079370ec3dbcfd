using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Tests.Executors.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>
/// What nobody had thought of ended the watching for ever, and jobs were answered for from a picture that nothing changed any more.
/// </summary>
public sealed class KubernetesWatchTests
{
    [Theory]
    [InlineData("<html>Sign in</html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"items":[{}]}""")]
    [InlineData("""{"items":[null]}""")]
    [InlineData("")]
    public async Task whatever_is_answered_is_no_end_of_the_watching_and_no_word_on_jobs(string answer)
    {
        await using var bench = await ClusterBench.StartAsync();
        await bench.Executor.StartAsync(bench.Gang, default);
        (await bench.StatesAsync()).ShouldBe([AttemptState.Waiting, AttemptState.Waiting]);

        bench.Fake.Intercept = async context =>
        {
            await context.Response.WriteAsync(answer);
            return true;
        };
        bench.Fake.EndWatches();
        await bench.PassAsync(async () => await IsAwayAsync(bench), "what is known to be called unknown");
        await bench.PassAsync(async () => await IsAwayAsync(bench) && bench.Log.Lines.Count > 0, "the log");
        var said = bench.Log.Lines.Count;
        bench.Time.Advance(TimeSpan.FromSeconds(31));
        (await IsAwayAsync(bench)).ShouldBeTrue();

        bench.Fake.Intercept = null;
        (await bench.PatientAsync()).ShouldBe([AttemptState.Waiting, AttemptState.Waiting]);
        bench.Log.Lines.Take(said + 1).Count(static line => line.Contains("fails", StringComparison.Ordinal)).ShouldBe(1);
        await bench.PassAsync(
            () => Task.FromResult(bench.Log.Lines.Any(static line => line.Contains("succeeds again", StringComparison.Ordinal))),
            "the recovery to be told"
        );
    }

    [Fact]
    public async Task a_watch_that_is_refused_is_told_once_and_lists_go_on()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Refuse(403, "pods is forbidden: cannot watch", static (_, path) => path.Contains("watch=true", StringComparison.Ordinal));
        await bench.Executor.StartAsync(bench.Gang, default);
        bench.Gang.Replicas[0].Directory.WriteStart(new(1, 1, "pod", DateTimeOffset.UtcNow));
        (await bench.StatesAsync()).ShouldBe([AttemptState.Running, AttemptState.Waiting]);

        var lists = bench.Fake.Lists;
        await bench.PassAsync(() => Task.FromResult(bench.Fake.Lists > lists + 6), "more lists");
        bench.Fake.Put(
            "jobs/cairn-4711-2-0",
            ClusterBench.Job("""{"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}}""")
        );

        await bench.PassAsync(async () => (await bench.PatientAsync())[0] == AttemptState.Lost, "the loss");
        bench.Log.Lines.Count(static line => line.Contains("cannot watch", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void rests_grow_to_half_a_minute()
    {
        var rests = new ClusterRests();
        for (var i = 0; i < 20; i++)
        {
            rests.AfterRefusal().TotalSeconds.ShouldBeInRange(10, 30);
            rests.AfterFailure().TotalSeconds.ShouldBeInRange(0.8, 30);
        }

        rests.AfterFailure().TotalSeconds.ShouldBeGreaterThan(15);
        rests.Listed();
        rests.AfterFailure().TotalSeconds.ShouldBeLessThan(2);
        rests.AfterWatch().TotalSeconds.ShouldBeLessThan(2);
    }

    [Fact]
    public void a_pod_that_is_taken_away_is_no_lost_replica_and_a_suspended_job_waits()
    {
        var picture = new ClusterPicture();
        picture.Note(WatchEventType.Added, new V1Job { Metadata = new V1ObjectMeta { Name = "j" } });
        picture.Note(WatchEventType.Added, Pod(deleted: null));
        picture.Find("j")!.IsOver.ShouldBeTrue();

        picture.Note(WatchEventType.Modified, Pod(DateTime.UtcNow));
        picture.Find("j")!.IsOver.ShouldBeFalse();

        picture.Note(WatchEventType.Modified, Pod(deleted: null));
        picture.Note(WatchEventType.Deleted, Pod(deleted: null));
        picture.Find("j")!.IsOver.ShouldBeFalse();

        picture.Note(WatchEventType.Added, Pod(deleted: null));
        picture.Note(
            WatchEventType.Modified,
            new V1Job
            {
                Metadata = new V1ObjectMeta { Name = "j" },
                Spec = new V1JobSpec { Suspend = true },
            }
        );
        picture.Find("j")!.IsOver.ShouldBeFalse();
    }

    [Fact]
    public async Task lists_are_read_page_by_page()
    {
        await using var bench = await ClusterBench.StartAsync();
        for (var i = 0; i < 501; i++)
        {
            bench.Fake.Put($"jobs/j{i}", ClusterBench.Job("{}"));
        }

        var (jobs, _) = await bench.Api.ListAsync(default);

        jobs.Items.Count.ShouldBe(501);
        bench.Fake.Lists.ShouldBe(3);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task an_answer_that_stops_in_its_middle_is_waited_for_no_longer_than_its_caller_waits(int code)
    {
        await using var bench = await ClusterBench.StartAsync();
        var begun = new TaskCompletionSource();
        bench.Fake.Intercept = async context =>
        {
            context.Response.StatusCode = code;
            await context.Response.WriteAsync("{\"kind\":");
            await context.Response.Body.FlushAsync();
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };
        using var cancellation = new CancellationTokenSource();

        var asked = bench.Api.FindJobAsync("j", cancellation.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asked.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private static async Task<bool> IsAwayAsync(ClusterBench bench)
    {
        try
        {
            await bench.StatesAsync();
            return false;
        }
        catch (ExecutorAwayException)
        {
            return true;
        }
    }

    private static V1Pod Pod(DateTime? deleted) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = "p",
                DeletionTimestamp = deleted,
                Labels = new Dictionary<string, string> { ["job-name"] = "j" },
            },
            Status = new V1PodStatus { Phase = "Failed" },
        };
}
