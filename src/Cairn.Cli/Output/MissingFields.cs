using System.Text.Json.Nodes;

namespace Cairn.Cli.Output;

/// <summary>
/// Fields that the user named and no printed item has: a misspelt name would otherwise be an empty column without a word. Fields that are
/// empty are left out of a resource's JSON, so that this is a remark and no error.
/// </summary>
/// <param name="fields">Paths as the user wrote them.</param>
internal sealed class MissingFields(IEnumerable<string> fields)
{
    private readonly HashSet<string> _missing = [.. fields];
    private int _items;

    public void See(JsonNode? item)
    {
        _items++;
        if (_missing.Count > 0)
        {
            _missing.RemoveWhere(field => FieldPath.Has(item, field));
        }
    }

    /// <summary>A line for each such field; nothing where no item was printed.</summary>
    public void Tell(TextWriter to)
    {
        foreach (var field in _missing.Where(_ => _items > 0).Order(StringComparer.Ordinal))
        {
            to.WriteLine(
                _items == 1
                    ? $"The only item has no '{field}'. --format json shows its fields."
                    : $"None of the {_items} items has '{field}'. --format json shows their fields."
            );
        }
    }
}
