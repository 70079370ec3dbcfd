using Cairn.Kernel.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>A mapping in a kubeconfig. What its keys say is read by name, and what cannot be honoured is refused by name.</summary>
/// <param name="what">What sentences call it: <c>the user 'trainer'</c>.</param>
/// <param name="node">Its keys and values.</param>
/// <param name="file">The file that it is in, in whose folder relative paths begin.</param>
internal sealed class KubeconfigEntry(string what, YamlMappingNode node, string file)
{
    /// <summary>A mapping of the same file that has no keys.</summary>
    public KubeconfigEntry Nothing => new(what, [], file);

    /// <summary>Refuses every key but these.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION: there is another.</exception>
    public KubeconfigEntry Knowing(params ReadOnlySpan<string> keys)
    {
        foreach (var (key, _) in node.Children)
        {
            if (!keys.Contains(((key as YamlScalarNode)?.Value) ?? ""))
            {
                throw Refusal($"has '{key}', which is not supported. Take it out, or name another user or cluster.");
            }
        }

        return this;
    }

    /// <summary>A key's text without the white space around it; null where it has none.</summary>
    public string? Text(string key) =>
        Find(key) switch
        {
            null => null,
            YamlScalarNode { Value: { } text } when text.Trim() is { Length: > 0 } trimmed => trimmed,
            YamlScalarNode => null,
            _ => throw Refusal($"has a '{key}' that is no text."),
        };

    public bool Flag(string key) =>
        Text(key) is { } text && (bool.TryParse(text, out var flag) ? flag : throw Refusal($"has '{text}' as '{key}': say true or false."));

    /// <summary>The path that a key names; null where it names none.</summary>
    public string? Path(string key) => Text(key) is { } path ? Resolve(path) : null;

    /// <summary>A path as this file means it.</summary>
    public string Resolve(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!, path);

    public IReadOnlyList<string> Texts(string key) =>
        Find(key) switch
        {
            null or YamlScalarNode { Value: null or "" } => [],
            YamlSequenceNode list when list.All(static item => item is YamlScalarNode) =>
            [
                .. list.Select(static item => ((YamlScalarNode)item).Value ?? ""),
            ],
            _ => throw Refusal($"has a '{key}' that is no list of texts."),
        };

    /// <summary>The mapping of a key; null where there is none.</summary>
    public KubeconfigEntry? Entry(string key) =>
        Find(key) switch
        {
            null or YamlScalarNode { Value: null or "" } => null,
            YamlMappingNode mapping => new KubeconfigEntry($"{key} of {what}", mapping, file),
            _ => throw Refusal($"has a '{key}' that is no mapping."),
        };

    /// <summary>The mappings of a list; empty where there is none.</summary>
    public IReadOnlyList<KubeconfigEntry> Entries(string key) =>
        Find(key) switch
        {
            null or YamlScalarNode { Value: null or "" } => [],
            YamlSequenceNode list when list.All(static item => item is YamlMappingNode) =>
            [
                .. list.Select(item => new KubeconfigEntry($"{key} of {what}", (YamlMappingNode)item, file)),
            ],
            _ => throw Refusal($"has a '{key}' that is no list of mappings."),
        };

    public IEnumerable<string> Keys() => node.Children.Keys.OfType<YamlScalarNode>().Select(static key => key.Value ?? "");

    /// <summary>The same, as sentences call it from now on.</summary>
    public KubeconfigEntry Called(string name) => new(name, node, file);

    public StatusException Refusal(string sentence) =>
        StatusException.FailedPrecondition($"The kubeconfig '{file}' cannot be used: {what} {sentence}");

    /// <summary>What a key has; null where it is missing, or is YAML's null.</summary>
    private YamlNode? Find(string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value)
        && value is not YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" }
            ? value
            : null;
}
