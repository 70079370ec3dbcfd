using System.Text.RegularExpressions;

namespace Cairn.Testing.Plans;

/// <summary>What a plan has that grows with the store.</summary>
public static partial class PlanFaults
{
    /// <summary>A line for each table that is gone through from end to end; none for those on the list.</summary>
    public static IEnumerable<string> Of(string sql, IReadOnlyList<string> plan)
    {
        if (!Statement().IsMatch(sql))
        {
            yield break;
        }

        var text = Space().Replace(sql, " ");
        foreach (var line in plan)
        {
            if (
                Scan().Match(line) is { Success: true } scan
                && Table(text, scan.Groups[1].Value) is { } table
                && !KnownPlans.Allows(text, table)
            )
            {
                yield return $"{table} ({line}): {text}";
            }
        }
    }

    /// <summary>The table that a name of a plan stands for; null for what the statement made itself.</summary>
    private static string? Table(string sql, string name)
    {
        if (Regex.IsMatch(sql, $@"\b{name}\s*(\([^)]*\))?\s+AS\s*\(", RegexOptions.IgnoreCase))
        {
            return null;
        }

        var alias = Regex.Match(sql, $@"(?:FROM|JOIN|,|UPDATE|INTO)\s+(\w+)\s+(?:AS\s+)?{name}\b", RegexOptions.IgnoreCase);
        return alias.Success && !Keyword().IsMatch(alias.Groups[1].Value) ? alias.Groups[1].Value
            : Regex.IsMatch(sql, $@"(?:FROM|JOIN|,|UPDATE|INTO)\s+{name}\b", RegexOptions.IgnoreCase) ? name
            : null;
    }

    [GeneratedRegex(@"^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Statement();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"^SCAN (?:TABLE )?(\w+)\b(?! VIRTUAL TABLE)")]
    private static partial Regex Scan();

    [GeneratedRegex("^(SELECT|FROM|WHERE|JOIN)$", RegexOptions.IgnoreCase)]
    private static partial Regex Keyword();
}
