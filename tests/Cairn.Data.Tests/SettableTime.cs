namespace Cairn.Data.Tests;

/// <summary>A clock that stands where it is set; timers are the system's.</summary>
public sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => Now;
}
