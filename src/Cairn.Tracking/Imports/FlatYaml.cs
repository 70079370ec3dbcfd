using System.Text.Json;

namespace Cairn.Tracking.Imports;

/// <summary>The YAML that MLflow writes for its own records: one level of keys and plain values, each perhaps folded over several lines. Nothing else is taken.</summary>
internal static class FlatYaml
{
    public static Dictionary<string, string> Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        string? key = null;
        foreach (var line in text.Split('\n').Select(static line => line.TrimEnd('\r')))
        {
            if (line.Length == 0 || line[0] == '#' || line is "---" or "...")
            {
                continue;
            }

            if (char.IsWhiteSpace(line[0]) || line[0] == '-')
            {
                if (key is not null && line[0] != '-')
                {
                    values[key] = $"{values[key]} {line.Trim()}";
                }

                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                key = line[..colon];
                values[key] = line[(colon + 1)..].Trim();
            }
        }

        return values.ToDictionary(static pair => pair.Key, static pair => Unquote(pair.Value));
    }

    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] == '\'' && value[^1] == '\'')
        {
            return value[1..^1].Replace("''", "'", StringComparison.Ordinal);
        }

        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
        {
            try
            {
                return JsonSerializer.Deserialize<string>(value) ?? "";
            }
            catch (JsonException)
            {
                return value[1..^1];
            }
        }

        return value is "null" or "~" ? "" : value;
    }
}
