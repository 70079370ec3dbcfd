using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Output;

/// <summary>Prints resources in the format that was asked for.</summary>
internal sealed class Printer
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter to;
    private readonly string? format;
    private readonly string[] fields;

    private Printer(TextWriter to, string? format, string[] fields)
    {
        this.to = to;
        this.format = format;
        this.fields = fields;
    }

    /// <exception cref="CliException">A usage error for a format that there is not.</exception>
    public static Printer For(string? format, TextWriter to)
    {
        if (format is null or "json" or "yaml" or "table")
        {
            return new Printer(to, format, []);
        }

        return format.StartsWith("value(", StringComparison.Ordinal) && format.EndsWith(')')
            ? new Printer(to, "value", format[6..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            : throw CliException.Usage($"--format is '{format}'; it can be json, yaml, table or value(FIELD,…).");
    }

    /// <summary>One resource; as YAML where nothing else was asked for.</summary>
    public void One(string json)
    {
        var node = JsonNode.Parse(json);
        switch (format)
        {
            case "json":
                to.WriteLine(node?.ToJsonString(Indented));
                break;
            case "value":
                to.WriteLine(Values(node));
                break;
            case "table" when node is JsonObject o:
                Table.Write([new("FIELD", "f"), new("VALUE", "v")], o.Select(p => (JsonNode?)new JsonObject { ["f"] = p.Key, ["v"] = FieldPath.Text(o, p.Key) }), to);
                break;
            default:
                Yaml.Write(node, to);
                break;
        }
    }

    /// <summary>Many resources; as a table where nothing else was asked for. Returns how many there were.</summary>
    public async Task<int> ManyAsync(IAsyncEnumerable<string> items, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        var nodes = new List<JsonNode?>();
        var count = 0;
        await foreach (var json in items.WithCancellation(cancellation))
        {
            var node = JsonNode.Parse(json);
            count++;
            // What can be printed at once is, so that a long list flows.
            switch (format)
            {
                case "value":
                    to.WriteLine(Values(node));
                    break;
                case "yaml":
                    to.WriteLine("---");
                    Yaml.Write(node, to);
                    break;
                default:
                    nodes.Add(node);
                    break;
            }
        }

        switch (format)
        {
            case "json":
                to.WriteLine(new JsonArray([.. nodes]).ToJsonString(Indented));
                break;
            case null or "table" when nodes.Count > 0:
                Table.Write(columns, nodes, to);
                break;
        }

        return count;
    }

    private string Values(JsonNode? node) => string.Join('\t', fields.Select(f => fields.Length > 1 ? Escape(FieldPath.Text(node, f)) : FieldPath.Text(node, f)));

    /// <summary>Of several values on a line, none has a tab or an end of line of its own.</summary>
    private static string Escape(string text) => text.AsSpan().IndexOfAny("\\\t\r\n") < 0
        ? text
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
