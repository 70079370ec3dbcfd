using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Output;

/// <summary>Prints resources in the format that was asked for.</summary>
internal sealed class Printer
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly TextWriter _to;
    private readonly TextWriter _remarks;
    private readonly string? _format;
    private readonly string[] _fields;

    private Printer(TextWriter to, TextWriter remarks, string? format, string[] fields)
    {
        _to = to;
        _remarks = remarks;
        _format = format;
        _fields = fields;
    }

    /// <param name="format">What <c>--format</c> says, or null.</param>
    /// <param name="to">Where results go.</param>
    /// <param name="remarks">Where a person is told what is odd about them.</param>
    /// <exception cref="CliException">A usage error for a format that there is not.</exception>
    public static Printer For(string? format, TextWriter to, TextWriter remarks)
    {
        if (format is null or "json" or "yaml" or "table")
        {
            return new Printer(to, remarks, format, []);
        }

        return format.StartsWith("value(", StringComparison.Ordinal) && format.EndsWith(')')
            ? new Printer(
                to,
                remarks,
                "value",
                format[6..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
            : throw CliException.Usage($"--format is '{format}'; it can be json, yaml, table or value(FIELD,…).");
    }

    /// <summary>One resource; as YAML where nothing else was asked for.</summary>
    public void One(string json)
    {
        var node = JsonNode.Parse(json);
        switch (_format)
        {
            case "json":
                _to.WriteLine(node?.ToJsonString(Indented));
                break;
            case "value":
                _to.WriteLine(Values(node));
                var missing = new MissingFields(_fields);
                missing.See(node);
                missing.Tell(_remarks);
                break;
            case "table" when node is JsonObject o:
                Table.Write(
                    [new("FIELD", "f"), new("VALUE", "v")],
                    o.Select(p => (JsonNode?)new JsonObject { ["f"] = p.Key, ["v"] = FieldPath.Text(o, p.Key) }),
                    _to
                );
                break;
            default:
                Yaml.Write(node, _to);
                break;
        }
    }

    /// <summary>Many resources; as a table where nothing else was asked for. Returns how many there were.</summary>
    public async Task<int> ManyAsync(IAsyncEnumerable<string> items, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        var nodes = new List<JsonNode?>();
        var count = 0;
        var missing = new MissingFields(
            _format switch
            {
                "value" => _fields,
                null or "table" => columns.Where(static column => column.Asked).Select(static column => column.Field),
                _ => [],
            }
        );
        await foreach (var json in items.WithCancellation(cancellation))
        {
            var node = JsonNode.Parse(json);
            count++;
            missing.See(node);
            // What can be printed at once is, so that a long list flows.
            switch (_format)
            {
                case "value":
                    _to.WriteLine(Values(node));
                    break;
                case "yaml":
                    _to.WriteLine("---");
                    Yaml.Write(node, _to);
                    break;
                default:
                    nodes.Add(node);
                    break;
            }
        }

        switch (_format)
        {
            case "json":
                _to.WriteLine(new JsonArray([.. nodes]).ToJsonString(Indented));
                break;
            case null or "table" when nodes.Count > 0:
                Table.Write(columns, nodes, _to);
                break;
        }

        missing.Tell(_remarks);
        return count;
    }

    private string Values(JsonNode? node) =>
        string.Join('\t', _fields.Select(f => _fields.Length > 1 ? Escape(FieldPath.Text(node, f)) : FieldPath.Text(node, f)));

    /// <summary>Of several values on a line, none has a tab or an end of line of its own.</summary>
    private static string Escape(string text) =>
        text.AsSpan().IndexOfAny("\\\t\r\n") < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\t", "\\t", StringComparison.Ordinal)
                .Replace("\r", "\\r", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
}
