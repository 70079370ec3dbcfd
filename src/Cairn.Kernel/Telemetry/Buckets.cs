using System.Diagnostics.Metrics;

namespace Cairn.Kernel.Telemetry;

/// <summary>The upper bounds of histograms' buckets.</summary>
public static class Buckets
{
    /// <summary>Of calls, in seconds: those that the semantic conventions advise, and below them what an answer from memory takes.</summary>
    public static InstrumentAdvice<double> Calls { get; } =
        new()
        {
            HistogramBucketBoundaries =
            [
                0.0001,
                0.00025,
                0.0005,
                0.001,
                0.0025,
                0.005,
                0.01,
                0.025,
                0.05,
                0.075,
                0.1,
                0.25,
                0.5,
                0.75,
                1,
                2.5,
                5,
                7.5,
                10,
            ],
        };

    /// <summary>Of what takes long, in seconds: from a tenth of one to a week.</summary>
    public static InstrumentAdvice<double> Long { get; } =
        new() { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 43_200, 86_400, 604_800] };

    /// <summary>Of counts.</summary>
    public static InstrumentAdvice<long> Counts { get; } = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] };
}
