namespace Cairn.Data.Objects;

/// <summary>What is copied from.</summary>
/// <param name="Generation">A generation, or null for the live one.</param>
/// <param name="Preconditions">What must hold for the source.</param>
public sealed record ObjectSource(string Bucket, string Name, long? Generation, Preconditions Preconditions);
