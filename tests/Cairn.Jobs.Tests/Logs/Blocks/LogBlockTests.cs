using Cairn.Jobs.Logs.Blocks;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Tests.Logs.Blocks;

public sealed class LogBlockTests
{
    [Fact]
    public void a_frame_gives_its_lines_back_and_one_that_is_not_whole_none()
    {
        var frame = Frame();

        var (block, length) = LogBlock.TryReadFrame(frame)!.Value;

        length.ShouldBe(frame.Length);
        block.Severity.ShouldBe(LogSeverity.Error);
        block.Read().Select(line => (line.Number, line.Text)).ShouldBe([(7, "one"), (8, ""), (9, "größer")]);
        block.Read().Last().Nanoseconds.ShouldBe(block.Ends);
        for (var cut = 0; cut < frame.Length; cut++)
        {
            LogBlock.TryReadFrame(frame.AsMemory(0, cut)).ShouldBeNull();
        }
    }

    [Fact]
    public void bytes_that_a_task_made_up_are_refused_or_read_and_nothing_else_happens()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = Frame();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = LogBlock.TryReadFrame(frame)?.Block.Read().Select(static line => line.Text.Length).Sum();
            }
            catch (InvalidDataException)
            {
                // The refusal is the answer; any other exception fails the test.
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }
    }

    private static byte[] Frame()
    {
        var writer = new LogBlockWriter(1, 2, "workerpool0-0");
        writer.Add(7, 1_700_000_000_000_000_001, LogSeverity.Info, "one");
        writer.Add(8, 1_700_000_000_000_000_002, LogSeverity.Error, "");
        writer.Add(9, 1_700_000_000_100_000_001, LogSeverity.Info, "größer");
        return writer.Finish();
    }
}
