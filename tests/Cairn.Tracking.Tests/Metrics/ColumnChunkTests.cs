using Cairn.Tracking.Metrics;
using Cairn.Tracking.Metrics.Cold;

namespace Cairn.Tracking.Tests.Metrics;

public sealed class ColumnChunkTests(ITestOutputHelper output)
{
    [Fact]
    public void points_of_every_kind_come_back_to_the_bit()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        long[] edges = [0, 1, -1, long.MaxValue, long.MinValue];
        double[] values = [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 1, 1];
        for (var round = 0; round < 200; round++)
        {
            var points = Enumerable
                .Range(0, random.Next(1, 300))
                .Select(i => new MetricPoint(
                    random.Next(4) == 0 ? edges[random.Next(edges.Length)] : i,
                    random.Next(4) == 0 ? random.NextInt64() : 1_700_000_000_000_000 + (i * 1_000),
                    random.Next(3) switch
                    {
                        0 => values[random.Next(values.Length)],
                        1 => random.Next(10),
                        _ => random.NextDouble(),
                    }
                ))
                .ToArray();
            var read = new List<MetricPoint>();
            ColumnChunk.Read(ColumnChunk.Write(points), read);
            read.Select(static point => (point.Step, point.Time, BitConverter.DoubleToInt64Bits(point.Value)))
                .ShouldBe(points.Select(static point => (point.Step, point.Time, BitConverter.DoubleToInt64Bits(point.Value))));
        }
    }

    [Fact]
    public void evenly_spaced_points_with_a_constant_value_take_three_bytes_each()
    {
        var points = Enumerable
            .Range(0, 10_000)
            .Select(static i => new MetricPoint(i, 1_700_000_000_000_000 + (i * 1_000_000L), 0.5))
            .ToArray();
        ColumnChunk.Write(points).Length.ShouldBeLessThan(3 * points.Length + 64);
    }

    [Fact]
    public void bytes_that_are_no_chunk_are_refused_and_read_nothing_beyond_them()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = ColumnChunk.Write(Enumerable.Range(0, 50).Select(static i => new MetricPoint(i, i, i / 7.0)).ToArray());
        for (var length = 0; length < whole.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => ColumnChunk.Read(whole.AsSpan(0, length), []));
        }

        for (var round = 0; round < 2_000; round++)
        {
            var damaged = whole.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                ColumnChunk.Read(damaged, []);
            }
            catch (InvalidDataException)
            {
                // Refused. What still reads as a chunk is found by its checksum.
            }
        }
    }
}
