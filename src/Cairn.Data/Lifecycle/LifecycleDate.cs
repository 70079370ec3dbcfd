using System.Globalization;

namespace Cairn.Data.Lifecycle;

/// <summary>The dates of conditions.</summary>
internal static class LifecycleDate
{
    private const string Format = "yyyy-MM-dd";

    public static bool IsOne(string text) => DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>The date's midnight in microseconds since 1970, UTC.</summary>
    public static long ToMicros(string date) =>
        Timestamps.ToMicros(
            new DateTimeOffset(DateOnly.ParseExact(date, Format, CultureInfo.InvariantCulture).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        );
}
