using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Google.Cloud.Logging.Type;
using Google.Cloud.Logging.V2;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Jobs.Tests.Logs.Blocks;

/// <summary>What the log gives back of lines that arrived in blocks, beside entries that came one by one, whatever the engine.</summary>
public abstract class LogBlockConformance
{
    private const long Start = 1_700_000_000_000_000_001;

    private protected abstract IDatabase Database { get; }

    private LogStore Store => new(Database, new LogTable(), new LogBlockTable(), [], TimeProvider.System);

    [Fact]
    public async Task a_listing_gives_lines_and_entries_in_one_order_page_by_page_from_either_end()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var project = $"p{seed}";
        var expected = new List<(long Time, string Id, int Severity)>();
        foreach (var (ordinal, job) in new[] { (0, "1"), (1, "1"), (2, "1"), (0, "2") })
        {
            var time = Start + random.Next(1000);
            var number = 0L;
            var blocks = Enumerable.Range(0, 12).Select(_ => Block(ordinal, job)).ToList();
            await Store.WriteAsync(project, "l", job, blocks, default);

            LogBlock Block(int place, string of)
            {
                var writer = new LogBlockWriter(1, place, $"workerpool0-{place}");
                for (var i = random.Next(1, 60); i > 0; i--)
                {
                    time += random.Next(1, 50) * (random.Next(20) == 0 ? 1_000_000_000L : 1);
                    if (!writer.Takes(time))
                    {
                        break;
                    }

                    var severity = (LogSeverity)(random.Next(2, 6) * 100);
                    if (of == "1")
                    {
                        expected.Add((time, $"001{place:x3}{number:x10}", (int)severity));
                    }

                    writer.Add(number++, time, severity, $"{of}/{number}");
                }

                return LogBlock.TryReadFrame(writer.Finish())!.Value.Block;
            }
        }

        var entries = Enumerable
            .Range(0, 100)
            .Select(i => new LogEntry
            {
                LogName = $"projects/{project}/logs/own",
                InsertId = $"own{i}",
                Timestamp = LogTimes.ToTimestamp(Start + random.Next(3000)),
                Severity = LogSeverity.Notice,
                Resource = new Google.Api.MonitoredResource { Type = "x", Labels = { ["job_id"] = "1" } },
            })
            .ToList();
        await Store.WriteAsync(entries, default);
        expected.AddRange(entries.Select(entry => (LogTimes.Of(entry.Timestamp), entry.InsertId, (int)entry.Severity)));

        foreach (var (filter, least) in new[] { ("", 0), (" AND severity>=ERROR", 500) })
        {
            foreach (var descending in new[] { false, true })
            {
                var wanted = expected
                    .Where(line => line.Severity >= least)
                    .OrderBy(line => line.Time)
                    .ThenBy(line => line.Id, StringComparer.Ordinal)
                    .Select(line => line.Id);
                var found = await AllAsync(project, $"resource.labels.job_id=\"1\"{filter}", descending, random.Next(3, 200));
                found.ShouldBe(descending ? wanted.Reverse() : wanted, $"seed {seed}, {filter}, descending {descending}");
            }
        }

        (await AllAsync(project, "", false, 1000)).Count.ShouldBeGreaterThan(
            expected.Count,
            "the other job's lines are in the project's log"
        );
    }

    [Fact]
    public async Task lines_that_come_again_in_other_blocks_are_there_once()
    {
        var project = "again" + Guid.NewGuid().ToString("n");
        await Store.WriteAsync(project, "l", "1", [Lines(0, 10), Lines(10, 5)], default);
        await Store.WriteAsync(project, "l", "1", [Lines(0, 10)], default);
        await Store.WriteAsync(project, "l", "1", [Lines(8, 20)], default);
        await Store.WriteAsync(project, "l", "1", [Lines(2, 40)], default);

        (await AllAsync(project, "", false, 7)).ShouldBe(Enumerable.Range(0, 42).Select(static i => $"001000{i:x10}"));

        static LogBlock Lines(int first, int count)
        {
            var writer = new LogBlockWriter(1, 0, "w");
            for (var i = first; i < first + count; i++)
            {
                writer.Add(i, Start + (i * 11L), LogSeverity.Info, $"{i}");
            }

            return LogBlock.TryReadFrame(writer.Finish())!.Value.Block;
        }
    }

    [Fact]
    public async Task blocks_of_a_few_lines_are_joined_a_while_after_the_end_of_their_job_and_nothing_else_changes()
    {
        var project = "packed" + Guid.NewGuid().ToString("n");
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (table, unpacked) = (new LogBlockTable(), new UnpackedLogs());
        var packing = new LogPacking(Database, table, unpacked, clock);

        // A line each 200 ms, in a block of its own; one of the agent's among them after 300; and two of another job.
        await Store.WriteAsync(
            project,
            "l",
            "1",
            [.. Enumerable.Range(0, 700).Select(static i => Line(i, i == 300 ? "service" : "w"))],
            default
        );
        await Store.WriteAsync(project, "l", "2", [Line(0, "w"), Line(1, "w")], default);
        await Database.WriteAsync(session =>
        {
            unpacked.Add(session, LogTimes.Of(clock.GetUtcNow() + LogPacking.Rest), project, "1");
            return true;
        });
        var before = await AllAsync(project, "", false, 1000);

        await packing.RunAsync(default);
        (await CountAsync("1")).ShouldBe(700);
        clock.Advance(LogPacking.Rest);
        await packing.RunAsync(default);

        // A block spans a minute at most, which is 300 lines; and 500 blocks are looked at together.
        (await CountAsync("1")).ShouldBeLessThanOrEqualTo(6);
        (await CountAsync("2")).ShouldBe(2);
        (await AllAsync(project, "", false, 1000)).ShouldBe(before);
        (await AllAsync(project, "", true, 50)).ShouldBe(Enumerable.Reverse(before));
        await Store.WriteAsync(project, "l", "1", [Line(4, "w")], default);
        (await AllAsync(project, "", false, 1000)).ShouldBe(before);

        static LogBlock Line(int number, string source)
        {
            var writer = new LogBlockWriter(1, 0, source);
            writer.Add(number, Start + (number * 200_000_010L), LogSeverity.Info, $"line {number}");
            return LogBlock.TryReadFrame(writer.Finish())!.Value.Block;
        }

        Task<int> CountAsync(string job) => Database.ReadAsync(session => table.OfJob(session, project, job, null, 10_000).Count);
    }

    private async Task<List<string>> AllAsync(string project, string filter, bool descending, int page)
    {
        var found = new List<string>();
        for (LogPosition? after = null; ; )
        {
            var (entries, next) = await Store.ReadAsync(project, LogFilter.Parse(filter), descending, after, page, default);
            found.AddRange(entries.Select(entry => entry.InsertId));
            if (next is null)
            {
                return found;
            }

            after = next;
        }
    }
}
