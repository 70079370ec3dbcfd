namespace Cairn.Kernel.Work;

/// <summary>One piece of long work, as it was when it was claimed for a step.</summary>
/// <param name="Kind">Which worker does it.</param>
/// <param name="Key">What it is about, unique in its kind: a resource's name.</param>
/// <param name="Attempt">How many steps in a row have failed before this one.</param>
/// <param name="Fence">Grows with every claim. What a step writes is refused once another claim has been made (<see
/// cref="IWork.Require"/>).</param>
/// <param name="Cancelled">Whether somebody asked for its end; the worker then ends it.</param>
/// <param name="Note">What the worker wrote down with the last step, or whoever began the work; it is empty for most.</param>
public sealed record WorkItem(string Kind, string Key, int Attempt, long Fence, bool Cancelled, byte[] Note);
