using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cairn.Imports;

/// <summary>
/// The YAML in which MLflow keeps its records: plain values by key, and some maps of them. Types that the YAML names are passed over;
/// nothing is made of them.
/// </summary>
internal sealed class MetaYaml
{
    private readonly YamlMappingNode _root;

    private MetaYaml(YamlMappingNode root) => _root = root;

    /// <summary>Null for what is no YAML, or no map.</summary>
    public static MetaYaml? Parse(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: YamlMappingNode map }, ..] ? new MetaYaml(map) : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    /// <summary>A plain value; null for none, or YAML's null.</summary>
    public string? Text(string key) => Scalar(Find(key));

    public string Text(string key, string otherwise) => Text(key) is { Length: > 0 } text ? text : otherwise;

    public long? Number(string key) =>
        long.TryParse(
            Text(key),
            System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    /// <summary>A map of plain values, or a list of <c>key</c> and <c>value</c>; empty where it is neither.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string key) =>
        Find(key) switch
        {
            YamlMappingNode map =>
            [
                .. map.Children.Select(static pair => KeyValuePair.Create(Scalar(pair.Key) ?? "", Scalar(pair.Value) ?? "")),
            ],
            YamlSequenceNode list =>
            [
                .. list
                    .Children.OfType<YamlMappingNode>()
                    .Select(static item => new MetaYaml(item))
                    .Select(static item => KeyValuePair.Create(item.Text("key", ""), item.Text("value", ""))),
            ],
            _ => [],
        };

    private YamlNode? Find(string key) => _root.Children.FirstOrDefault(pair => Scalar(pair.Key) == key).Value;

    private static string? Scalar(YamlNode? node) =>
        node is YamlScalarNode scalar && !(scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "null" or "~") ? scalar.Value : null;
}
