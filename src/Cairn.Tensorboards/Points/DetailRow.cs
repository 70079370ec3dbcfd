namespace Cairn.Tensorboards.Points;

/// <summary>What the Tensorboard view of an experiment or run has that the thing itself has not.</summary>
/// <param name="Labels">As JSON; empty for none.</param>
/// <param name="Source">An experiment's origin, as its creator said.</param>
/// <param name="MadeHere">Whether it was made through this view, and goes with it.</param>
/// <param name="Hidden">Whether it was deleted from this view while the thing itself stays.</param>
/// <param name="Updated">Microseconds since 1970.</param>
public sealed record DetailRow(string Description, string Labels, string Source, bool MadeHere, bool Hidden, long Updated)
{
    public static DetailRow None { get; } = new("", "", "", false, false, 0);
}
