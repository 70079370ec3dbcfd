using System.Text;
using Cairn.Kernel.Database;

namespace Cairn.Tracking.Search;

/// <summary>
/// Patterns that leave the case of letters out of account, of every alphabet and on every engine alike. What the engines themselves take
/// for one letter differs: SQLite folds ASCII alone,
/// PostgreSQL what its collation says. So a letter is written as the set of its cases: for SQLite as GLOB takes it, for PostgreSQL as a
/// regular expression.
/// </summary>
internal static class LetterCases
{
    private const int LastCasedPlane = 0x1FFFF;

    /// <summary>Letters that have one upper case, by it.</summary>
    private static readonly Lazy<Dictionary<Rune, string>> Sets = new(static () =>
    {
        var sets = new Dictionary<Rune, string>();
        for (var i = 0; i <= LastCasedPlane; i++)
        {
            if (Rune.IsValid(i) && Rune.ToUpperInvariant(new Rune(i)) is var upper && upper.Value != i)
            {
                sets[upper] = sets.GetValueOrDefault(upper, upper.ToString()) + new Rune(i);
            }
        }

        return sets;
    });

    /// <summary>A pattern of ILIKE, in which <c>%</c> is any text and <c>_</c> any character.</summary>
    public static string Pattern(string like, SqlDialect dialect)
    {
        var isGlob = dialect == SqlDialect.Sqlite;
        var pattern = new StringBuilder(isGlob ? "" : "^");
        foreach (var rune in like.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '%' => pattern.Append(isGlob ? "*" : ".*"),
                '_' => pattern.Append(isGlob ? '?' : '.'),
                _ when Sets.Value.TryGetValue(Rune.ToUpperInvariant(rune), out var set) => pattern.Append('[').Append(set).Append(']'),
                // In brackets every other character stands for itself in both languages, but for these two.
                '^' or '\\' => pattern.Append(isGlob ? "" : "\\").Append(rune.ToString()),
                _ when rune.IsAscii && !Rune.IsLetterOrDigit(rune) && rune.Value != ']' => pattern
                    .Append('[')
                    .Append(rune.ToString())
                    .Append(']'),
                ']' => pattern.Append(isGlob ? "]" : "\\]"),
                _ => pattern.Append(rune.ToString()),
            };
        }

        return pattern.Append(isGlob ? "" : "$").ToString();
    }
}
