using System.Globalization;

namespace Cairn.Jobs.Limits;

/// <summary>How much of something a task may have: what its job asks for, so many bytes whatever it asks for, or as much as there
/// is.</summary>
/// <param name="Asked">Whether it is what the job asks for.</param>
/// <param name="Bytes">Otherwise so many bytes; null for no limit.</param>
public readonly record struct LimitSize(bool Asked, long? Bytes)
{
    private const double BytesPerGibibyte = 1L << 30;

    /// <summary>The largest number of GiB that can be said: a pebibyte.</summary>
    private const double Most = 1 << 20;

    /// <summary>What the job asks for.</summary>
    public static LimitSize OfJob { get; } = new(Asked: true, null);

    /// <summary>Reads <c>off</c>, a number of GiB such as <c>0.5</c>, or the word for what the job asks for.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static LimitSize Parse(string text, string asked) =>
        text == asked ? OfJob
        : text == "off" ? default
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= Most
            ? new LimitSize(Asked: false, (long)(number * BytesPerGibibyte))
        : throw new FormatException($"'{text}' must be {asked}, a number of GiB such as 8 or 0.5, or off.");
}
