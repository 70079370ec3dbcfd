namespace Cairn.Kernel.Store;

/// <summary>Text in characters as people and the published limits count them: code points, of which some are two UTF-16 units.</summary>
public static class Characters
{
    public static int Count(string text)
    {
        var count = text.Length;
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAnyInRange('\uD800', '\uDBFF'); at >= 0; at = rest.IndexOfAnyInRange('\uD800', '\uDBFF'))
        {
            rest = rest[(at + 1)..];
            if (!rest.IsEmpty && char.IsLowSurrogate(rest[0]))
            {
                count--;
            }
        }

        return count;
    }

    /// <summary>The beginning of a text, with at most so many UTF-16 units and no half of a character at its end.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text
        : most > 0 && char.IsHighSurrogate(text[most - 1]) ? text[..(most - 1)]
        : text[..most];
}
