namespace Cairn.Tracking.Runs;

/// <summary>
/// Lengths of texts as MLflow, which is Python, counts them: in characters, of which .NET's strings need two units for each beyond U+FFFF.
/// </summary>
public static class Characters
{
    public static int Count(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            count -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The first characters of a text, at most so many units of a string, and none cut in two.</summary>
    public static string First(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsSurrogatePair(text[most - 1], text[most]) ? most - 1 : most)];
}
