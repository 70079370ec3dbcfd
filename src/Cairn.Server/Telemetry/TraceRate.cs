using OpenTelemetry.Trace;

namespace Cairn.Server.Telemetry;

/// <summary>
/// Which calls are traced: each of a server that has little to do, and so many a second of one that has much, so that tracing costs the
/// same however many come. A trace that the caller records is continued; of those there may be more.
/// </summary>
internal sealed class TraceRate(int perSecond, TimeProvider time) : Sampler
{
    /// <summary>A caller who asks for each call to be recorded does not make that the server's work.</summary>
    private const int MostContinued = 1_000;

    private readonly PerSecond _begun = new(perSecond, time);
    private readonly PerSecond _continued = new(MostContinued, time);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isRecorded = parent.TraceFlags.HasFlag(System.Diagnostics.ActivityTraceFlags.Recorded);
        return new SamplingResult(
            parent.TraceId == default ? _begun.TryTake()
            : parent.IsRemote ? isRecorded && _continued.TryTake()
            : isRecorded
        );
    }

    private sealed class PerSecond(int limit, TimeProvider time)
    {
        private long _second;
        private int _taken;

        public bool TryTake()
        {
            var second = time.GetTimestamp() / time.TimestampFrequency;
            if (Interlocked.Exchange(ref _second, second) != second)
            {
                Volatile.Write(ref _taken, 0);
            }

            return Volatile.Read(ref _taken) < limit && Interlocked.Increment(ref _taken) <= limit;
        }
    }
}
