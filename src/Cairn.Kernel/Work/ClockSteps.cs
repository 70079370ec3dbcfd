namespace Cairn.Kernel.Work;

/// <summary>Notices when the clock has been set back, by comparing each look at it with the one before.</summary>
/// <param name="first">The time of its making.</param>
internal sealed class ClockSteps(DateTimeOffset first)
{
    /// <summary>What clocks of machines are set right by all the time, and nobody has to hear of.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private DateTimeOffset _last = first;

    /// <summary>By how much the clock has gone back since the last call of <see cref="Seen"/>; zero where it has not.</summary>
    public TimeSpan Back(DateTimeOffset now) => _last - now > Tolerance ? _last - now : TimeSpan.Zero;

    public void Seen(DateTimeOffset now) => _last = now;
}
