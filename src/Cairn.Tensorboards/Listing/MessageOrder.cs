using Cairn.Kernel.Errors;
using Google.Protobuf;

namespace Cairn.Tensorboards.Listing;

/// <summary><c>order_by</c> (AIP-132) over composed messages: <c>field [asc|desc], …</c>.</summary>
internal sealed class MessageOrder : IComparer<IMessage>
{
    private const int MaxKeys = 8;

    private readonly List<(string[] Path, bool Descending)> _keys = [];

    public bool IsEmpty => _keys.Count == 0;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static MessageOrder Parse(string text, IMessage sample)
    {
        var order = new MessageOrder();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var descending = words.Length == 2 && words[1].Equals("desc", StringComparison.OrdinalIgnoreCase);
            if (
                words.Length > 2
                || (words.Length == 2 && !descending && !words[1].Equals("asc", StringComparison.OrdinalIgnoreCase))
                || order._keys.Count == MaxKeys
            )
            {
                throw StatusException.InvalidArgument(
                    $"`order_by` has '{part}'; write up to {MaxKeys} fields, and 'asc' or 'desc' after each where wanted: 'create_time desc, display_name'."
                );
            }

            var path = words[0].Split('.');
            MessageFields.Read(sample, path);
            order._keys.Add((path, descending));
        }

        return order;
    }

    public int Compare(IMessage? x, IMessage? y)
    {
        foreach (var (path, descending) in _keys)
        {
            var order = Compare(MessageFields.Read(x!, path).Value, MessageFields.Read(y!, path).Value);
            if (order != 0)
            {
                return descending ? -order : order;
            }
        }

        return 0;
    }

    private static int Compare(object? x, object? y) =>
        (x, y) switch
        {
            (null, null) => 0,
            (null, _) => -1,
            (_, null) => 1,
            (string a, string b) => string.CompareOrdinal(a, b),
            (IComparable a, _) => a.CompareTo(y),
            _ => 0,
        };
}
