using Cairn.Jobs.Agent;
using Cairn.Testing;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Tests.Agent;

public sealed class LogSpoolTests
{
    [Fact]
    public void lines_come_back_in_order_with_increasing_times_and_ids()
    {
        using var scratch = new ScratchDirectory();
        using var spool = new LogSpool(scratch["spool"], 1, "workerpool0-0", 1 << 20, TimeProvider.System);
        for (var i = 0; i < 1200; i++)
        {
            spool.Add(LogSeverity.Info, $"line {i}\t\"quoted\" \u0000");
            if (i % 100 == 99)
            {
                spool.Flush();
            }
        }

        var lines = new List<LogLine>();
        for (long offset = 0; ; )
        {
            var part = LogSpool.Read(scratch["spool"], offset);
            if (part.Blocks.Count == 0)
            {
                break;
            }

            lines.AddRange(part.Lines);
            offset = part.Next;
        }

        lines.Select(line => line.Text).ShouldBe(Enumerable.Range(0, 1200).Select(i => $"line {i}\t\"quoted\" \u0000"));
        lines
            .Zip(lines.Skip(1))
            .ShouldAllBe(pair =>
                pair.First.Nanoseconds < pair.Second.Nanoseconds && string.CompareOrdinal(pair.First.InsertId, pair.Second.InsertId) < 0
            );

        // gcloud compares times as text; all have nine decimals.
        lines.ShouldAllBe(line => line.Nanoseconds % 10 != 0);
    }

    [Fact]
    public void a_torn_last_frame_is_left_for_later()
    {
        using var scratch = new ScratchDirectory();
        using (var spool = new LogSpool(scratch["spool"], 1, "w", 1 << 20, TimeProvider.System))
        {
            spool.Add(LogSeverity.Info, "whole");
            spool.Flush();
            spool.Add(LogSeverity.Info, "torn");
        }

        using (var file = File.OpenWrite(scratch["spool"]))
        {
            file.SetLength(file.Length - 5);
        }

        LogSpool.Read(scratch["spool"], 0).Lines.Select(line => line.Text).ShouldBe(["whole"]);
    }

    [Fact]
    public void more_than_is_kept_is_said_once()
    {
        using var scratch = new ScratchDirectory();
        using var spool = new LogSpool(scratch["spool"], 1, "w", (10 * (10 + LogSpool.LineCost)) - 1, TimeProvider.System);
        for (var i = 0; i < 50; i++)
        {
            spool.Add(LogSeverity.Info, "0123456789");
        }

        var lines = LogSpool.Read(scratch["spool"], 0).Lines.ToList();
        lines.Count(line => line.Source == LogSpool.Service).ShouldBe(1);
        lines.Count(line => line.Source == "w").ShouldBe(10);
        spool.Discarded.ShouldBe(40);
    }
}
