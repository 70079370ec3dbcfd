using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Names;

/// <summary>
/// The form of a kind of names, such as <c>projects/PROJECT/locations/LOCATION/models/MODEL</c>: words in capitals stand for whatever is not
/// empty and has no '/', others for themselves.
/// </summary>
public sealed class NamePattern
{
    private readonly string _form;

    /// <summary>The words that stand for themselves, and null where anything may stand.</summary>
    private readonly string?[] _segments;

    private readonly int _values;

    public NamePattern(string form)
    {
        _form = form;
        _segments = [.. form.Split('/').Select(static word => word.All(IsPlaceholder) ? null : word)];
        _values = _segments.Count(static segment => segment is null);
    }

    /// <summary>What stands in the places of the words in capitals, in their order; null for a text of another form.</summary>
    public string[]? Match(string text)
    {
        var values = new string[_values];
        var found = 0;
        var segment = 0;
        foreach (var range in text.AsSpan().Split('/'))
        {
            var part = text.AsSpan(range);
            if (segment == _segments.Length || part.Length == 0)
            {
                return null;
            }

            var word = _segments[segment++];
            if (word is null)
            {
                values[found++] = part.ToString();
            }
            else if (!part.SequenceEqual(word))
            {
                return null;
            }
        }

        return segment == _segments.Length ? values : null;
    }

    /// <summary>The same of a name that a caller gave in a field.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/> and the form.</exception>
    public string[] Parse(string text, string field) => Match(text) ?? throw Malformed(text, field);

    /// <summary>What a caller is told whose name has another form.</summary>
    public StatusException Malformed(string text, string field) =>
        StatusException.InvalidArgument($"`{field}` is '{text}'; it must have the form {_form}.");

    private static bool IsPlaceholder(char character) => char.IsAsciiLetterUpper(character) || character == '_';
}
