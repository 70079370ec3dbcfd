using System.Globalization;
using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

/// <summary>
/// Splits a filter of MLflow's search language: <c>metrics.acc &gt; 0.9 and tags.`a b` LIKE 'x%'</c>. In a path, backticks or double quotes
/// enclose a part that has other characters than letters, digits, <c>_ . - /</c>; a value is enclosed by single or double quotes.
/// </summary>
internal static class SearchLexer
{
    private const int MaxLength = 20_000;

    /// <exception cref="StatusException">INVALID_ARGUMENT with the position of what cannot be read.</exception>
    public static List<SearchToken> Split(string text)
    {
        if (text.Length > MaxLength)
        {
            throw StatusException.InvalidArgument($"The filter has {text.Length} characters; at most {MaxLength} are accepted.");
        }

        var tokens = new List<SearchToken>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                tokens.Add(new SearchToken(SearchTokenKind.End, "", at));
                return tokens;
            }

            tokens.Add(Next(text, ref at));
        }
    }

    private static SearchToken Next(string text, ref int at)
    {
        var start = at;
        var c = text[at];
        switch (c)
        {
            case '(':
                at++;
                return new SearchToken(SearchTokenKind.Open, "(", start);
            case ')':
                at++;
                return new SearchToken(SearchTokenKind.Close, ")", start);
            case ',':
                at++;
                return new SearchToken(SearchTokenKind.Comma, ",", start);
            case '=' or '<' or '>' or '!':
                at++;
                if (at < text.Length && text[at] == '=')
                {
                    at++;
                }

                var op = text[start..at];
                return op is "!" ? throw Wrong(text, start) : new SearchToken(SearchTokenKind.Operator, op == "==" ? "=" : op, start);
            case '\'':
                return new SearchToken(SearchTokenKind.Quoted, Quoted(text, ref at), start);
            case '"' when Continues(text, at):
                return Word(text, ref at);
            case '"':
                return new SearchToken(SearchTokenKind.Quoted, Quoted(text, ref at), start);
        }

        if (
            char.IsAsciiDigit(c)
            || (c is '-' or '+' or '.' && at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] == '.'))
        )
        {
            at++;
            while (
                at < text.Length
                && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.' || (text[at] is '-' or '+' && text[at - 1] is 'e' or 'E'))
            )
            {
                at++;
            }

            var number = text[start..at];
            return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? new SearchToken(SearchTokenKind.Number, number, start)
                : throw StatusException.InvalidArgument(
                    $"'{number}' at position {start + 1} of the filter is not a number. Text is written in quotes."
                );
        }

        return Word(text, ref at);
    }

    /// <summary>Whether a quoted text goes on as a path (<c>"metrics"."a b"</c>).</summary>
    private static bool Continues(string text, int at)
    {
        var end = text.IndexOf('"', at + 1);
        return end > 0 && end + 1 < text.Length && text[end + 1] == '.';
    }

    private static SearchToken Word(string text, ref int at)
    {
        var start = at;
        var word = new StringBuilder();
        while (at < text.Length)
        {
            var c = text[at];
            if (c is '`' || (c == '"' && (at == start || text[at - 1] == '.')))
            {
                word.Append(Quoted(text, ref at));
            }
            else if (char.IsLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or '@' or ':' or '%' or '#' or '+')
            {
                word.Append(c);
                at++;
            }
            else
            {
                break;
            }
        }

        return at == start ? throw Wrong(text, start) : new SearchToken(SearchTokenKind.Word, word.ToString(), start);
    }

    private static string Quoted(string text, ref int at)
    {
        var quote = text[at];
        var start = at++;
        var value = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] == quote)
            {
                at++;
                if (at == text.Length || text[at] != quote)
                {
                    return value.ToString();
                }
            }
            else if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == quote)
            {
                at++;
            }

            value.Append(text[at++]);
        }

        throw StatusException.InvalidArgument($"The quote {quote} at position {start + 1} of the filter is never closed.");
    }

    private static StatusException Wrong(string text, int at) =>
        StatusException.InvalidArgument(
            $"The filter has '{text[at]}' at position {at + 1}, where a name, a value or a comparison was expected."
        );
}
