using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Runs;

/// <summary>Times of runs and of what they log, which must lie in the years 1 to 9999: others are no dates.</summary>
public static class RunTimes
{
    private const long First = -62_135_596_800_000;
    private const long Last = 253_402_300_799_999;

    /// <param name="milliseconds">Since 1970.</param>
    public static bool IsDate(long milliseconds) => milliseconds is >= First and <= Last;

    /// <summary>The time, if it is one; null stays null.</summary>
    /// <param name="milliseconds">Since 1970.</param>
    /// <param name="what">Whose time it is, for the sentence: <c>The run's start</c>.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static long? Check(long? milliseconds, string what) =>
        milliseconds is not { } time || IsDate(time)
            ? milliseconds
            : throw StatusException.InvalidArgument($"{what} is {time} ms since 1970; it must lie in the years 1 to 9999.");
}
