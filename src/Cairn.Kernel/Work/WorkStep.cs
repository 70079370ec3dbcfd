namespace Cairn.Kernel.Work;

/// <summary>What comes after a step.</summary>
/// <param name="IsDone">Whether the work is at its end; its item is removed.</param>
/// <param name="After">How long until the next step; null until somebody wakes it.</param>
/// <param name="Note">What the next step is told; null leaves the note as it is.</param>
public sealed record WorkStep(bool IsDone, TimeSpan? After, byte[]? Note = null)
{
    /// <summary>There is nothing left to do.</summary>
    public static WorkStep Done { get; } = new(true, null);

    /// <summary>Nothing is to be done until somebody wakes the item.</summary>
    public static WorkStep Sleep { get; } = new(false, null);

    /// <summary>The next step is due in a while.</summary>
    public static WorkStep Again(TimeSpan after) => new(false, after);
}
