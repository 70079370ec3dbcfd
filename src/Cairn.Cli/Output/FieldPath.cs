using System.Text.Json.Nodes;

namespace Cairn.Cli.Output;

/// <summary>Finds values in a resource's JSON.</summary>
internal static class FieldPath
{
    private const string IdSuffix = ":id";

    /// <summary>Whether there is a value, be it an empty text.</summary>
    public static bool Has(JsonNode? node, string path) =>
        Find(node, path.EndsWith(IdSuffix, StringComparison.Ordinal) ? path[..^IdSuffix.Length] : path) is not null;

    /// <summary>The value as one piece of text; empty where there is none.</summary>
    public static string Text(JsonNode? node, string path)
    {
        var id = path.EndsWith(IdSuffix, StringComparison.Ordinal);
        var text = Text(Find(node, id ? path[..^IdSuffix.Length] : path));
        return id ? text[(text.LastIndexOf('/') + 1)..] : text;
    }

    private static JsonNode? Find(JsonNode? node, string path)
    {
        // Keys may have dots themselves: what is left of the path may be one.
        for (var rest = path; rest.Length > 0; )
        {
            if (node is JsonObject whole && whole[rest] is { } found)
            {
                return found;
            }

            var dot = rest.IndexOf('.');
            var part = dot < 0 ? rest : rest[..dot];
            rest = dot < 0 ? "" : rest[(dot + 1)..];
            node = node switch
            {
                JsonObject o => o[part] ?? o[Camel(part)],
                JsonArray a when int.TryParse(part, out var index) && index >= 0 && index < a.Count => a[index],
                _ => null,
            };
        }

        return node;
    }

    private static string Text(JsonNode? node) =>
        node switch
        {
            null => "",
            JsonValue v when v.TryGetValue<string>(out var s) => s,
            JsonArray a => string.Join(';', a.Select(Text)),
            _ => node.ToJsonString(),
        };

    // Fields may be written as in the API's protos.
    private static string Camel(string snake)
    {
        var parts = snake.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? snake : parts[0] + string.Concat(parts.Skip(1).Select(p => char.ToUpperInvariant(p[0]) + p[1..]));
    }
}
