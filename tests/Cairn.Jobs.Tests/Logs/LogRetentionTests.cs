using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Testing;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Jobs;
using Google.Api;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.Logging.V2;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Jobs.Tests.Logs;

public sealed class LogRetentionTests
{
    [Fact]
    public async Task entries_go_when_they_are_old_and_those_of_jobs_later()
    {
        using var scratch = new ScratchDirectory();
        await using var database = new SqliteDatabase(scratch["log.db"]);
        await Migrations.ApplyAsync(database, [LogTable.Migrations, LogBlockTable.Migrations]);
        var table = new LogTable();
        var store = new LogStore(database, table, new LogBlockTable(), [], TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        await store.WriteAsync(
            [
                Entry("young", 29, ""),
                Entry("old", 31, ""),
                Entry("young job", 31, "1"),
                Entry("old job", 401, "1"),
                Entry("discarded", 1, "2"),
            ],
            default
        );
        await database.WriteAsync(session =>
        {
            table.Discard(session, "p", "2");
            return true;
        });

        await new LogRetention(database, table, new LogBlockTable(), new JobsOptions(), TimeProvider.System).RunAsync(default);

        var (left, _) = await store.ReadAsync("p", LogFilter.Parse(""), false, null, 10, default);
        left.Select(entry => entry.TextPayload).ShouldBe(["young job", "young"]);
        (await database.ReadAsync(table.Discarded)).ShouldBeNull();

        LogEntry Entry(string text, int days, string job) =>
            new()
            {
                LogName = "projects/p/logs/l",
                TextPayload = text,
                InsertId = text,
                Timestamp = LogTimes.ToTimestamp(LogTimes.Of(now.AddDays(-days))),
                Resource = new MonitoredResource { Type = "x", Labels = { ["job_id"] = job } },
            };
    }

    [Fact]
    public async Task the_log_of_a_job_goes_with_its_run_and_that_of_a_job_that_is_deleted_stays()
    {
        using var scratch = new ScratchDirectory();
        await using var database = new SqliteDatabase(scratch["log.db"]);
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IIdSource, RandomIdSource>()
            .AddSingleton<IDatabase>(database)
            .AddRuns();
        services.AddSingleton(LogTable.Migrations).AddSingleton<LogTable>().AddSingleton<IRunObserver, RunLogs>();
        await using var provider = services.BuildServiceProvider();
        await Migrations.ApplyAsync(database, provider.GetServices<MigrationSet>());
        var (jobs, runs, table) = (
            provider.GetRequiredService<IJobRuns>(),
            provider.GetRequiredService<RunStore>(),
            provider.GetRequiredService<LogTable>()
        );
        var job = new CustomJob
        {
            Name = "projects/p/locations/l/customJobs/77",
            DisplayName = "job",
            JobSpec = new CustomJobSpec
            {
                WorkerPoolSpecs = { new WorkerPoolSpec { ContainerSpec = new ContainerSpec { ImageUri = "i" } } },
            },
        };

        var discarded = await database.WriteAsync(session =>
        {
            jobs.Created(session, job, "");
            var (experiment, run) = jobs.Find(session, job)!.Value;
            runs.Remove(session, runs.Create(session, new NewRun(experiment.Id) { Slug = "job-78" }));
            table.Discarded(session).ShouldBeNull("a run that only looks like a job's has no log");
            runs.Remove(session, run);
            return table.Discarded(session);
        });

        discarded.ShouldBe(("p", "77"));
    }
}
