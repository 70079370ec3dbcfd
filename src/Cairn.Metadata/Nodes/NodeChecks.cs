using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Nodes;

/// <summary>The limits that the published API states for artifacts, executions and contexts.</summary>
internal static partial class NodeChecks
{
    public const int MaxMetadataBytes = 200 << 10;

    private const int MaxDisplayName = 128;
    private const int MaxDescription = 8 << 10;
    private const int MaxUri = 4 << 10;
    private const int MaxLabels = 64;
    private const int MaxLabel = 64;
    private const string SystemLabels = "aiplatform.googleapis.com/";

    /// <summary>An ID that a caller chose.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static void RequireId(string field, string id)
    {
        if (!Id().IsMatch(id))
        {
            throw StatusException.InvalidArgument($"`{field}` is '{id}'; it must be 1 to 128 characters of a-z, 0-9 and '-'.");
        }
    }

    /// <summary>Checks a node, trims the keys of its metadata, and fills in the version of its schema.</summary>
    /// <param name="before">What is stored, whose values were accepted once, or null.</param>
    public static void Require(IMessage node, IMessage? before)
    {
        var fields = NodeFields.Of(node);
        var kind = node.Descriptor.Name.ToLowerInvariant();
        if (
            fields.DisplayName(node) is var name
            && Characters.Count(name) > MaxDisplayName
            && (before is null || fields.DisplayName(before) != name)
        )
        {
            throw StatusException.InvalidArgument(
                $"`{kind}.display_name` has {name.Length} characters; at most {MaxDisplayName} are accepted."
            );
        }

        RequireLength($"{kind}.uri", fields.Uri(node), MaxUri);
        RequireLength($"{kind}.schema_title", fields.Title(node), MaxDisplayName);
        RequireLength(
            $"{kind}.description",
            (string)node.Descriptor.FindFieldByName("description").Accessor.GetValue(node),
            MaxDescription
        );
        RequireLabels($"{kind}.labels", fields.Labels(node));
        if (fields.Metadata(node) is { } metadata)
        {
            Trim(kind, metadata);
            if (metadata.CalculateSize() is var size and > MaxMetadataBytes)
            {
                throw StatusException.InvalidArgument(
                    $"`{kind}.metadata` takes {size} bytes; at most {MaxMetadataBytes} are accepted. Put what is large into a file, and its address into `uri`."
                );
            }
        }

        if (fields.Title(node).Length > 0 && fields.Version(node).Length == 0)
        {
            fields.SetVersion(node, SchemaTitles.Version);
        }
    }

    public static void RequireLabels(string field, IDictionary<string, string> labels)
    {
        if (labels.Count > MaxLabels)
        {
            throw StatusException.InvalidArgument($"`{field}` has {labels.Count} labels; at most {MaxLabels} are accepted.");
        }

        foreach (var (key, value) in labels)
        {
            if (key.StartsWith(SystemLabels, StringComparison.Ordinal) ? key.Length > 2 * MaxLabel : !IsLabel(key) || key.Length == 0)
            {
                throw StatusException.InvalidArgument(
                    $"`{field}` has the key '{key}'; a key is 1 to {MaxLabel} lower-case letters, digits, '_' and '-'."
                );
            }

            if (!IsLabel(value))
            {
                throw StatusException.InvalidArgument(
                    $"`{field}` gives '{key}' the value '{value}'; a value is at most {MaxLabel} lower-case letters, digits, '_' and '-'."
                );
            }
        }
    }

    private static void RequireLength(string field, string text, int limit)
    {
        if (Characters.Count(text) > limit)
        {
            throw StatusException.InvalidArgument($"`{field}` has {text.Length} characters; at most {limit} are accepted.");
        }
    }

    /// <summary>"Top level metadata keys' heading and trailing spaces will be trimmed."</summary>
    private static void Trim(string kind, Struct metadata)
    {
        foreach (var key in metadata.Fields.Keys.Where(static key => key.Trim() != key).ToArray())
        {
            var value = metadata.Fields[key];
            metadata.Fields.Remove(key);
            if (!metadata.Fields.TryAdd(key.Trim(), value))
            {
                throw StatusException.InvalidArgument($"`{kind}.metadata` has the key '{key.Trim()}' twice, once with spaces around it.");
            }
        }
    }

    /// <summary>Letters of any script, but no capitals.</summary>
    private static bool IsLabel(string text) =>
        text.Length <= MaxLabel
        && text.All(static c => c is '_' or '-' || (char.IsLetterOrDigit(c) && !char.IsUpper(c)) || char.IsSurrogate(c));

    private static bool TryAdd(this Google.Protobuf.Collections.MapField<string, Value> map, string key, Value value)
    {
        if (map.ContainsKey(key))
        {
            return false;
        }

        map.Add(key, value);
        return true;
    }

    [GeneratedRegex("^[a-z0-9-]{1,128}$")]
    private static partial Regex Id();
}
