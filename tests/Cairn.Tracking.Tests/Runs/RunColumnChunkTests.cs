using Cairn.Tracking.Runs.Columns;

namespace Cairn.Tracking.Tests.Runs;

public sealed class RunColumnChunkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(RunColumnChunk.Size)]
    public void what_is_written_is_unpacked_and_what_is_taken_out_is_gone(int count)
    {
        var random = new Random(count);
        var slots = Enumerable
            .Range(0, RunColumnChunk.Size)
            .OrderBy(_ => random.Next())
            .Take(count)
            .Select(static slot => (byte)slot)
            .ToArray();
        var values = slots.ToDictionary(static slot => slot, static slot => (double?)(slot % 3 == 0 ? double.NaN : slot * -0.5));
        var body = RunColumnChunk.Write([], values);
        Span<double> unpacked = new double[RunColumnChunk.Size];
        var present = RunColumnChunk.Unpack(body, unpacked);
        Span<byte> found = new byte[RunColumnChunk.Size];
        found[..present.Slots(found)].ToArray().ShouldBe(slots.Order());
        foreach (var slot in slots)
        {
            unpacked[slot].ShouldBe(values[slot]!.Value);
        }

        body = RunColumnChunk.Write(body, new Dictionary<byte, double?> { [slots[0]] = null });
        RunColumnChunk.Unpack(body, unpacked).Slots(found).ShouldBe(count - 1);
        unpacked[slots[0]].ShouldBe(double.NaN);
    }

    [Fact]
    public void chunks_of_several_experiments_become_one()
    {
        var one = RunColumnChunk.Write([], new Dictionary<byte, double?> { [3] = 1, [90] = 2 });
        var two = RunColumnChunk.Write([], new Dictionary<byte, double?> { [4] = 3 });
        Span<double> values = new double[RunColumnChunk.Size];
        var present = RunColumnChunk.Unpack(RunColumnChunk.Merge([one, two]), values);
        Span<byte> slots = new byte[RunColumnChunk.Size];
        slots[..present.Slots(slots)].ToArray().ShouldBe([3, 4, 90]);
        (values[3], values[4], values[90]).ShouldBe((1, 3, 2));
    }
}
