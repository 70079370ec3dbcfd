using System.Text;

namespace Cairn.Jobs.Logs;

/// <summary>
/// What <c>SEARCH()</c> looks for: words, each anywhere in a text, and phrases in backticks, whose words follow each other. A word is
/// letters and digits between anything else; case does not count.
/// </summary>
internal sealed class LogWords
{
    private readonly List<string[]> _phrases = [];

    public LogWords(string query)
    {
        var parts = query.Split('`');
        for (var i = 0; i < parts.Length; i++)
        {
            var words = Split(parts[i]);
            _phrases.AddRange(i % 2 == 1 && i < parts.Length - 1 ? [words] : words.Select(static word => new[] { word }));
        }

        _phrases.RemoveAll(static phrase => phrase.Length == 0);
    }

    public bool IsEmpty => _phrases.Count == 0;

    /// <summary>Whether all of it is in one text or another.</summary>
    public bool AreIn(IEnumerable<string> texts)
    {
        var missing = _phrases.ToList();
        foreach (var text in texts)
        {
            var words = Split(text);
            missing.RemoveAll(phrase => Contains(words, phrase));
            if (missing.Count == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(string[] words, string[] phrase)
    {
        for (var at = 0; at + phrase.Length <= words.Length; at++)
        {
            if (words.AsSpan(at, phrase.Length).SequenceEqual(phrase, StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var c in text.Append(' '))
        {
            if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            {
                word.Append(c);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return [.. words];
    }
}
