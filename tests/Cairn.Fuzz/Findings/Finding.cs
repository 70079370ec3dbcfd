namespace Cairn.Fuzz.Findings;

/// <summary>Something that must not happen.</summary>
/// <param name="Key">What makes it the same as another.</param>
/// <param name="What">One sentence.</param>
/// <param name="Case">The number of the case; null where it cannot be told.</param>
/// <param name="Details">The request, the answer, the log.</param>
internal sealed record Finding(string Key, string What, long? Case, string Details);
