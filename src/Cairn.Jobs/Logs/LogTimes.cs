using System.Globalization;
using Cairn.Kernel.Errors;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Logs;

/// <summary>Timestamps in nanoseconds since 1970, which an int64 holds until 2262.</summary>
internal static class LogTimes
{
    private const long Second = 1_000_000_000;

    /// <summary>The years that 64 bits of nanoseconds hold: 1678 to 2261.</summary>
    private const long MinSeconds = -9_214_560_000;
    private const long MaxSeconds = 9_214_646_399;

    /// <exception cref="StatusException">INVALID_ARGUMENT for a time that cannot be kept.</exception>
    public static void Require(Timestamp time, string log)
    {
        if (time.Seconds is < MinSeconds or > MaxSeconds || time.Nanos is < 0 or >= (int)Second)
        {
            throw StatusException.InvalidArgument(
                $"An entry of '{log}' has a `timestamp` {time.Seconds} s from 1970; it must lie in the years 1678 to 2261."
            );
        }
    }

    public static long Of(Timestamp timestamp) => (timestamp.Seconds * Second) + timestamp.Nanos;

    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    public static Timestamp ToTimestamp(long nanoseconds)
    {
        var seconds = Math.DivRem(nanoseconds, Second, out var rest);
        return rest < 0
            ? new Timestamp { Seconds = seconds - 1, Nanos = (int)(rest + Second) }
            : new Timestamp { Seconds = seconds, Nanos = (int)rest };
    }

    /// <summary>Reads RFC 3339 with up to nine decimals, or a plain date.</summary>
    public static bool TryParse(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var fraction = 0L;
        var whole = text;
        if (dot >= 0)
        {
            var end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            var digits = text[(dot + 1)..Math.Min(end, dot + 10)];
            if (digits.Length == 0)
            {
                return false;
            }

            fraction = long.Parse(digits.PadRight(9, '0'), CultureInfo.InvariantCulture);
            whole = text[..dot] + text[end..];
        }

        if (!DateTimeOffset.TryParse(whole, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        // A filter may name any year; one that no entry can have is as good as the nearest that it can.
        nanoseconds = (Math.Clamp(time.ToUnixTimeSeconds(), MinSeconds, MaxSeconds) * Second) + fraction;
        return true;
    }
}
