using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Store.Search;

/// <summary>
/// Parses <c>order_by</c> (AIP-132): <c>field [asc|desc], …</c>. The name is always the last key, so that an order is total.
/// </summary>
internal static class OrderBy
{
    private const int MaxKeys = 8;

    private static readonly SearchField Name = new(SearchType.Text, "name", []);

    public static IReadOnlyList<OrderKey> Parse(ResourceKind kind, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [new OrderKey(new SearchField(SearchType.Time, "create_time", []), true), new OrderKey(Name, true)];
        }

        var keys = new List<OrderKey>();
        foreach (var part in text.Split(','))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var descending = words.Length == 2 && words[1].Equals("desc", StringComparison.OrdinalIgnoreCase);
            if (
                words.Length is 0 or > 2
                || (words.Length == 2 && !descending && !words[1].Equals("asc", StringComparison.OrdinalIgnoreCase))
            )
            {
                throw StatusException.InvalidArgument(
                    $"`order_by` has '{part.Trim()}'; write a field, and 'asc' or 'desc' after it where wanted: 'create_time desc, display_name'."
                );
            }

            var field = SearchFields.Resolve(kind, words[0].Split('.'));
            if (field.List is not null || field.Type is SearchType.Presence)
            {
                throw StatusException.InvalidArgument($"`order_by` names '{words[0]}', which is not a single plain value.");
            }

            keys.Add(new OrderKey(field, descending));
        }

        if (keys.Count > MaxKeys)
        {
            throw StatusException.InvalidArgument($"`order_by` has {keys.Count} fields; at most {MaxKeys} are accepted.");
        }

        if (keys[^1].Field.Column != "name")
        {
            keys.Add(new OrderKey(Name, keys[^1].Descending));
        }

        return keys;
    }
}
