using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cairn.Cli.Output;

/// <summary>JSON as YAML and back.</summary>
internal static partial class Yaml
{
    private const string End = "\n...\n";

    public static void Write(JsonNode? node, TextWriter to)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(ToYaml(node))).Save(text, assignAnchors: false);
        // The library ends a document with a line of three dots; a reader needs none.
        var document = text.ToString().ReplaceLineEndings("\n");
        to.WriteLine((document.EndsWith(End, StringComparison.Ordinal) ? document[..^End.Length] : document).TrimEnd('\n'));
    }

    /// <summary>Reads YAML, of which JSON is a part.</summary>
    /// <exception cref="YamlException">The text is neither.</exception>
    public static JsonNode? Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : ToJson(stream.Documents[0].RootNode);
    }

    private static YamlNode ToYaml(JsonNode? node) =>
        node switch
        {
            null => new YamlScalarNode("null"),
            JsonObject o => new YamlMappingNode(
                o.Select(p => new KeyValuePair<YamlNode, YamlNode>(Text(p.Key, isKey: true), ToYaml(p.Value)))
            ),
            JsonArray a => new YamlSequenceNode(a.Select(ToYaml)),
            _ when node.GetValueKind() == JsonValueKind.String => Text(node.GetValue<string>()),
            _ when node.GetValueKind() == JsonValueKind.Number => new YamlScalarNode(Number(node.ToJsonString())),
            _ => new YamlScalarNode(node.ToJsonString()),
        };

    /// <summary>Readers of YAML 1.1 take a number with an exponent for text unless it has a point and the exponent a sign.</summary>
    private static string Number(string json)
    {
        var e = json.AsSpan().IndexOfAny('e', 'E');
        if (e < 0)
        {
            return json;
        }

        var exponent = json[(e + 1)..];
        return $"{json[..e]}{(json.AsSpan(0, e).Contains('.') ? "" : ".0")}e{(exponent[0] is '+' or '-' ? "" : "+")}{exponent}";
    }

    /// <summary>
    /// Only words that no reader takes for something else stand as they are: YAML 1.1 knows <c>No</c>, <c>0777</c>, <c>12:30</c> and
    /// <c>=</c> as no text.
    /// </summary>
    private static YamlScalarNode Text(string value, bool isKey = false)
    {
        var style = value.All(static c => c is '\n' || IsPrintable(c)) switch
        {
            true when !value.Contains('\n') => Plainly().IsMatch(value) && !IsWord(value) ? ScalarStyle.Plain : ScalarStyle.SingleQuoted,
            true when !isKey && Block().IsMatch(value) => ScalarStyle.Literal,
            _ => ScalarStyle.DoubleQuoted,
        };
        return new YamlScalarNode(value) { Style = style };
    }

    /// <summary>What may stand in a document unescaped; line and paragraph separators break lines in YAML 1.1.</summary>
    private static bool IsPrintable(char c) =>
        c is >= ' ' and <= '~'
        || (
            c > '\u00a0'
            && !char.IsControl(c)
            && !char.IsSurrogate(c)
            && c is not ('\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff')
        );

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(p => new KeyValuePair<string, JsonNode?>(((YamlScalarNode)p.Key).Value ?? "", ToJson(p.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: var value } => Plain(value ?? ""),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => null,
        };

    private static JsonNode? Plain(string value) =>
        value switch
        {
            "" or "~" or "null" => null,
            "true" or "false" => JsonValue.Create(value == "true"),
            _ when IsNumber(value) => JsonNode.Parse(value),
            _ => JsonValue.Create(value),
        };

    private static bool IsWord(string value) =>
        value.ToLowerInvariant() is "y" or "n" or "yes" or "no" or "on" or "off" or "true" or "false" or "null";

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

    [GeneratedRegex(@"\A[A-Za-z_/](?:[A-Za-z0-9_./@+-]|:(?=[^ ]))*(?: (?:[A-Za-z0-9_./@+(),;-]|:(?=[^ ]))+)*\z")]
    private static partial Regex Plainly();

    /// <summary>Lines that begin and end with something, the last of them without an end.</summary>
    [GeneratedRegex(@"\A[^\s#](?:.*\S)?(?:\n[^\n]*\S)*\z")]
    private static partial Regex Block();
}
