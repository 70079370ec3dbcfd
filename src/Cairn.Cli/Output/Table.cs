using System.Text.Json.Nodes;

namespace Cairn.Cli.Output;

/// <summary>Plain aligned columns, which read well on a terminal and cut well in a script.</summary>
internal static class Table
{
    /// <summary>
    /// The most characters of a cell; what is longer is cut, and ends with a sign that it is. <c>--format json</c> has all of it.
    /// </summary>
    private const int MaxCell = 120;

    public static void Write(IReadOnlyList<Column> columns, IEnumerable<JsonNode?> items, TextWriter to)
    {
        var rows = items.Select(item => columns.Select(c => Cut(Clean(FieldPath.Text(item, c.Field)))).ToArray()).ToList();
        var widths = columns.Select((c, i) => rows.Select(r => r[i].Length).Append(c.Header.Length).Max()).ToArray();
        WriteRow([.. columns.Select(c => c.Header)], widths, to);
        foreach (var row in rows)
        {
            WriteRow(row, widths, to);
        }
    }

    private static void WriteRow(string[] cells, int[] widths, TextWriter to) =>
        to.WriteLine(string.Join("  ", cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());

    private static string Cut(string text)
    {
        if (text.Length <= MaxCell)
        {
            return text;
        }

        // A character outside the basic plane is two halves, which stay together.
        var end = char.IsHighSurrogate(text[MaxCell - 2]) ? MaxCell - 2 : MaxCell - 1;
        return text[..end] + "…";
    }

    // A display name may hold anything; a row stays one row, and a terminal is not driven by it.
    private static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
