using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store;

/// <summary>Times as the store keeps them: microseconds since 1970, UTC.</summary>
public static class Timestamps
{
    public static long ToMicros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static long ToMicros(Timestamp time) => (time.Seconds * 1_000_000) + (time.Nanos / 1_000);

    public static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    public static Timestamp ToTimestamp(long micros)
    {
        var seconds = Math.DivRem(micros, 1_000_000, out var rest);
        return rest < 0
            ? new Timestamp { Seconds = seconds - 1, Nanos = (int)(rest + 1_000_000) * 1_000 }
            : new Timestamp { Seconds = seconds, Nanos = (int)rest * 1_000 };
    }
}
