using Cairn.Jobs.Agent;
using Cairn.Jobs.Tests.Executors;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;
using Cairn.Testing.Faults;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tests.Tasks;

/// <summary>The store fails once, at each step of its writes in turn.</summary>
public sealed class StoreFaultTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly AcceptingServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task a_submission_is_acknowledged_and_runs_once_or_is_absent_or_whole()
    {
        var database = new FaultyDatabase(new SqliteDatabase(_scratch["cairn.db"]));
        await using var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions(), database);
        var acknowledged = new List<string>();
        var submitted = 0;
        for (var failed = true; failed; submitted++)
        {
            database.FailAfter(submitted);
            try
            {
                acknowledged.Add(await machine.SubmitAsync($"echo ran {submitted}"));
            }
            catch (IOException)
            {
                database.HasFailed.ShouldBeTrue();
            }

            failed = database.HasFailed;
            database.NeverFail();
        }

        submitted.ShouldBeGreaterThan(5);
        var jobs = await machine.ListAsync();
        foreach (var job in jobs)
        {
            (await machine.RunToEndAsync(job.Name)).State.ShouldBe(JobState.Succeeded, job.Name);
        }

        // One whose commit was durable but not acknowledged is there as well, and whole.
        acknowledged.ShouldBeSubsetOf(jobs.Select(static job => job.Name));
        jobs.Count.ShouldBe(acknowledged.Count + 1);
        Output().Order().ShouldBe(Output().Distinct().Order());
        Output().Count.ShouldBe(jobs.Count);
    }

    /// <summary>From the claim to the job's end; the agent's part is not the store's.</summary>
    [Fact]
    public async Task a_job_runs_once_and_ends_as_it_did_whatever_write_on_its_way_fails()
    {
        const int stride = 5;
        var database = new FaultyDatabase(new SqliteDatabase(_scratch["cairn.db"]));
        await using var machine = await StateMachine.StartAsync(_scratch.Path, _server.Url, new JobsOptions(), database);
        var seed = Random.Shared.Next(stride);
        TestContext.Current.TestOutputHelper?.WriteLine($"first step {seed}");
        var rounds = 0;
        for (var step = seed; ; step += stride, rounds++)
        {
            var name = await machine.SubmitAsync($"echo ran {step}");
            database.FailAfter(step);
            await Poll.UntilAsync(
                async () =>
                {
                    try
                    {
                        await machine.Controller.TickAsync(default);
                    }
                    catch (IOException)
                    {
                        // The controller's loop logs it and looks again.
                    }

                    return CustomJobs.CustomJobs.IsTerminal((await machine.GetAsync(name)).State);
                },
                $"{name} to end, with {database.Failure}"
            );
            var failed = database.HasFailed;
            database.NeverFail();
            var job = await machine.GetAsync(name);
            job.State.ShouldBe(JobState.Succeeded, $"step {step}, {database.Failure}: {job.Error?.Message}");
            Output().Count(line => line == $"ran {step}").ShouldBe(1, $"step {step}, {database.Failure}");
            if (!failed)
            {
                break;
            }
        }

        rounds.ShouldBeGreaterThan(2);
    }

    private List<string> Output() =>
        [
            .. Directory
                .GetFiles(_scratch["jobs"], "log.spool", SearchOption.AllDirectories)
                .SelectMany(spool => LogSpool.Read(spool, 0).Lines)
                .Where(static line => line.Text.StartsWith("ran ", StringComparison.Ordinal))
                .Select(static line => line.Text),
        ];
}
