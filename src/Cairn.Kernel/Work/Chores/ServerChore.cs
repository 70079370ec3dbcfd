namespace Cairn.Kernel.Work.Chores;

/// <summary>A chore that each server does.</summary>
public sealed record ServerChore(IChore Inner);
