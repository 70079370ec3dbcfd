using System.Globalization;

namespace Cairn.Data;

/// <summary>Instants as the tables keep them: microseconds since 1970, UTC. Generations are of the same scale.</summary>
public static class Timestamps
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    public static long NowMicros(this TimeProvider time) => ToMicros(time.GetUtcNow());

    public static long ToMicros(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TicksPerMicrosecond;

    public static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TicksPerMicrosecond);

    /// <summary>RFC 3339 with milliseconds, as Cloud Storage writes it: <c>2026-01-31T12:00:00.000Z</c>.</summary>
    public static string ToRfc3339(long micros) =>
        FromMicros(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The inverse, for any RFC 3339 text; false for others.</summary>
    public static bool TryParseRfc3339(string text, out long micros)
    {
        if (
            text.Length >= 20
            && text[10] is ('T' or 't')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
        )
        {
            micros = ToMicros(instant);
            return true;
        }

        micros = 0;
        return false;
    }
}
