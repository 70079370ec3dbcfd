namespace Cairn.Datasets.Splits;

/// <summary>The sets as they are spelled: <c>training</c>, <c>validation</c>, <c>test</c>.</summary>
public static class SplitSets
{
    public static IReadOnlyList<SplitSet> All { get; } = [SplitSet.Training, SplitSet.Validation, SplitSet.Test];

    public static string Name(this SplitSet set) =>
        set switch
        {
            SplitSet.Training => "training",
            SplitSet.Validation => "validation",
            _ => "test",
        };

    /// <summary>Reads a set in either of Vertex's spellings, <c>training</c> and <c>TRAIN</c>; false where the text is none.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out SplitSet set)
    {
        (var known, set) = text.Trim() switch
        {
            var t when Is(t, "training") || Is(t, "train") => (true, SplitSet.Training),
            var t when Is(t, "validation") || Is(t, "validate") => (true, SplitSet.Validation),
            var t when Is(t, "test") => (true, SplitSet.Test),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>Whether the text says that the row belongs to no set: empty, or <c>UNASSIGNED</c>.</summary>
    public static bool IsUnassigned(ReadOnlySpan<char> text) =>
        text.Trim() is var trimmed && (trimmed.IsEmpty || Is(trimmed, "unassigned"));

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
