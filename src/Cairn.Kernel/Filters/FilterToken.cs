namespace Cairn.Kernel.Filters;

internal enum FilterTokenKind
{
    End,
    Word,
    String,
    Operator,
    Open,
    Close,
    Comma,
    Dot,
    Minus,
}

/// <param name="Text">The unquoted text.</param>
/// <param name="Start">The offset of its first character.</param>
/// <param name="Spaced">Whether white space stands before it.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Start, bool Spaced);
