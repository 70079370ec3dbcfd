namespace Cairn.Tracking.Search;

internal enum SearchTokenKind
{
    Word,
    Quoted,
    Number,
    Operator,
    Open,
    Close,
    Comma,
    End,
}

/// <summary>A piece of a search filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text without quotes. A word is a dotted path whose quoted parts have lost their quotes.</param>
/// <param name="Position">Where it begins, from 0.</param>
internal readonly record struct SearchToken(SearchTokenKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind == SearchTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
