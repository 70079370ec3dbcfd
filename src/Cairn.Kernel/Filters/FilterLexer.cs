using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Filters;

/// <summary>Splits a filter into tokens (AIP-160's EBNF, with the comparison operators of Cloud Logging's language).</summary>
internal sealed class FilterLexer(string text)
{
    private int _at;

    public FilterToken Next()
    {
        var start = _at;
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        var spaced = _at > start;
        if (_at == text.Length)
        {
            return new FilterToken(FilterTokenKind.End, "", _at, spaced);
        }

        start = _at;
        var c = text[_at];
        switch (c)
        {
            case '(':
                _at++;
                return new FilterToken(FilterTokenKind.Open, "(", start, spaced);
            case ')':
                _at++;
                return new FilterToken(FilterTokenKind.Close, ")", start, spaced);
            case ',':
                _at++;
                return new FilterToken(FilterTokenKind.Comma, ",", start, spaced);
            case '.':
                _at++;
                return new FilterToken(FilterTokenKind.Dot, ".", start, spaced);
            case '-'
                when _at + 1 < text.Length
                    && !char.IsWhiteSpace(text[_at + 1])
                    && !char.IsAsciiDigit(text[_at + 1])
                    && text[_at + 1] != '.':
                _at++;
                return new FilterToken(FilterTokenKind.Minus, "-", start, spaced);
            case '"' or '\'':
                return new FilterToken(FilterTokenKind.String, ReadString(c), start, spaced);
        }

        foreach (var op in (ReadOnlySpan<string>)["<=", ">=", "!=", "=~", "!~", "=", "<", ">", ":"])
        {
            if (text.AsSpan(_at).StartsWith(op, StringComparison.Ordinal))
            {
                _at += op.Length;
                return new FilterToken(FilterTokenKind.Operator, op, start, spaced);
            }
        }

        while (_at < text.Length && IsWord(text[_at]))
        {
            _at++;
        }

        if (_at == start)
        {
            throw StatusException.InvalidArgument(
                $"`filter` has the character '{c}' at position {start + 1}, which begins nothing that a filter can hold. Put values in double quotes."
            );
        }

        return new FilterToken(FilterTokenKind.Word, text[start.._at], start, spaced);
    }

    /// <summary>
    /// The rest of a bare value after its first token: values such as <c>2026-01-01T00:00:00Z</c> or <c>projects/p/models/m</c> need no
    /// quotes.
    /// </summary>
    public string ReadBareValueTail()
    {
        var start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or ',' or '"' or '\''))
        {
            _at++;
        }

        return text[start.._at];
    }

    private static bool IsWord(char c) =>
        !char.IsWhiteSpace(c) && c is not ('(' or ')' or ',' or '.' or '"' or '\'' or '=' or '<' or '>' or '!' or ':');

    private string ReadString(char quote)
    {
        var start = _at++;
        var value = new StringBuilder();
        while (_at < text.Length)
        {
            var c = text[_at++];
            if (c == quote)
            {
                return value.ToString();
            }

            if (c != '\\' || _at == text.Length)
            {
                value.Append(c);
                continue;
            }

            var escaped = text[_at++];
            if (escaped is not ('n' or 't' or 'r' or '\\' or '"' or '\''))
            {
                // Other escapes are the regular expression's own: \d, \.
                value.Append(c);
            }

            value.Append(
                escaped switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    _ => escaped,
                }
            );
        }

        throw StatusException.InvalidArgument($"`filter` opens a string at position {start + 1} that nothing closes.");
    }
}
