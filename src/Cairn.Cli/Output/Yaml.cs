using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cairn.Cli.Output;

/// <summary>JSON as YAML and back.</summary>
internal static class Yaml
{
    public static void Write(JsonNode? node, TextWriter to)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(ToYaml(node))).Save(text, assignAnchors: false);
        // The library ends a document with a line of three dots; a reader needs none.
        to.WriteLine(text.ToString().TrimEnd().TrimEnd('.').TrimEnd());
    }

    /// <summary>Reads YAML, of which JSON is a part.</summary>
    /// <exception cref="YamlException">The text is neither.</exception>
    public static JsonNode? Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : ToJson(stream.Documents[0].RootNode);
    }

    private static YamlNode ToYaml(JsonNode? node) => node switch
    {
        null => new YamlScalarNode("null"),
        JsonObject o => new YamlMappingNode(o.Select(p => new KeyValuePair<YamlNode, YamlNode>(Text(p.Key), ToYaml(p.Value)))),
        JsonArray a => new YamlSequenceNode(a.Select(ToYaml)),
        _ when node.GetValueKind() == JsonValueKind.String => Text(node.GetValue<string>()),
        _ => new YamlScalarNode(node.ToJsonString()),
    };

    private static YamlScalarNode Text(string value)
    {
        var style = value.Contains('\n') ? ScalarStyle.Literal : LooksLikeSomethingElse(value) ? ScalarStyle.SingleQuoted : ScalarStyle.Any;
        return new YamlScalarNode(value) { Style = style };
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(p => new KeyValuePair<string, JsonNode?>(((YamlScalarNode)p.Key).Value ?? "", ToJson(p.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var value } => Plain(value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonNode? Plain(string value) => value switch
    {
        "" or "~" or "null" => null,
        "true" or "false" => JsonValue.Create(value == "true"),
        _ when IsNumber(value) => JsonNode.Parse(value),
        _ => JsonValue.Create(value),
    };

    private static bool LooksLikeSomethingElse(string value) =>
        value is "" or "~" or "null" or "true" or "false" or "yes" or "no" or "on" or "off" || IsNumber(value);

    private static bool IsNumber(string value)
    {
        if (value.Length == 0 || !(char.IsAsciiDigit(value[0]) || value[0] == '-'))
        {
            return false;
        }

        try
        {
            using var number = JsonDocument.Parse(value);
            return number.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
