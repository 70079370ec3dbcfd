namespace Cairn.Kernel.Work;

/// <summary>What all work of one worker has in common.</summary>
/// <param name="Name">Stored with each item; it never changes.</param>
/// <param name="AtOnce">At most so many steps run at a time on one server.</param>
public sealed record WorkKind(string Name, int AtOnce)
{
    /// <summary>How long a server that says nothing keeps an item. It is renewed at a third of it, for as long as a step runs.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait after a step that failed; the first is a second, and each next one twice the one before.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait after the n-th failure in a row.</summary>
    internal TimeSpan Backoff(int failures) =>
        TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(failures, 30) - 1), MaxBackoff.TotalSeconds));
}
