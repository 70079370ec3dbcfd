using System.Text.Json.Nodes;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Gcs;

/// <summary>
/// The <c>fields</c> parameter of Google's JSON APIs: <c>nextPageToken,items(name,owner/entity),prefixes</c>; <c>*</c> is everything.
/// </summary>
public sealed class FieldSelector
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 16;

    private readonly Dictionary<string, FieldSelector> _children = new(StringComparer.Ordinal);
    private bool _all;

    private FieldSelector() { }

    /// <exception cref="StatusException">INVALID_ARGUMENT with the text.</exception>
    public static FieldSelector Parse(string text)
    {
        var selector = new FieldSelector();
        var at = 0;
        if (text.Length > MaxLength || !selector.ParseList(text, ref at, 0) || at != text.Length)
        {
            throw StatusException.InvalidArgument($"Invalid field selection '{text}'; it must be of the form a,b/c,d(e,f).");
        }

        return selector;
    }

    /// <summary>A copy with the selected fields only.</summary>
    public JsonNode? Apply(JsonNode? node)
    {
        if (_all || _children.Count == 0)
        {
            return node?.DeepClone();
        }

        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(Apply)]);
            case JsonObject source:
                var result = new JsonObject();
                foreach (var (name, value) in source)
                {
                    if (_children.TryGetValue(name, out var child) || _children.TryGetValue("*", out child))
                    {
                        result[name] = child.Apply(value);
                    }
                }

                return result;
            default:
                return node?.DeepClone();
        }
    }

    private bool ParseList(string text, ref int at, int depth)
    {
        do
        {
            if (!ParsePath(text, ref at, depth))
            {
                return false;
            }
        } while (at < text.Length && text[at] == ',' && ++at > 0);

        return true;
    }

    private bool ParsePath(string text, ref int at, int depth)
    {
        var from = at;
        while (at < text.Length && text[at] is not (',' or '/' or '(' or ')'))
        {
            at++;
        }

        var name = text[from..at].Trim();
        if (name.Length == 0 || depth > MaxDepth)
        {
            return false;
        }

        if (!_children.TryGetValue(name, out var child))
        {
            _children[name] = child = new FieldSelector();
        }

        if (at < text.Length && text[at] == '/')
        {
            at++;
            return child.ParsePath(text, ref at, depth + 1);
        }

        if (at < text.Length && text[at] == '(')
        {
            at++;
            return child.ParseList(text, ref at, depth + 1) && at < text.Length && text[at++] == ')';
        }

        // "*" at the end of a path, and a name without a selection, mean all that is below.
        child._all = true;
        _all |= name == "*" && depth == 0;
        return true;
    }
}
