using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tensorboards.Listing;

/// <summary>
/// Pages of listings that are composed. A token is a position and a digest of the query, and is refused for any other query.
/// </summary>
internal static class Pages
{
    private const int DigestBytes = 12;

    /// <summary>The page's size: the default for 0, the maximum for more.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where it is negative.</exception>
    public static int Size(int given, int otherwise, int maximum) =>
        given < 0 ? throw StatusException.InvalidArgument($"`page_size` is {given}; it must not be negative.")
        : given == 0 ? otherwise
        : Math.Min(given, maximum);

    public static string Write(string query, string position)
    {
        var text = Encoding.UTF8.GetBytes(position);
        return Base64Url.EncodeToString([.. Digest(query, text), .. text]);
    }

    /// <summary>The position that a token holds; null for the first page.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the token is not one of this query's.</exception>
    public static string? Read(string query, string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        try
        {
            var bytes = Base64Url.DecodeFromChars(token);
            if (
                bytes.Length > DigestBytes
                && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, DigestBytes), Digest(query, bytes.AsSpan(DigestBytes)))
            )
            {
                return Encoding.UTF8.GetString(bytes, DigestBytes, bytes.Length - DigestBytes);
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw Strange();
    }

    /// <summary>
    /// A page of a list that is small enough to be had whole: filtered, ordered stably, and cut. The token holds the last item's name, so
    /// what comes and goes in between hides nothing.
    /// </summary>
    public static Page<T> Of<T>(
        IEnumerable<T> items,
        Func<T, string> name,
        string parent,
        string filter,
        string orderBy,
        int size,
        string token,
        FieldMask? mask
    )
        where T : class, IMessage<T>, new()
    {
        var query = string.Join('\n', parent, filter, orderBy);
        var position = Read(query, token);
        var sample = new T();
        var matching = MessageFilter.Parse(filter, sample);
        var order = MessageOrder.Parse(orderBy, sample);
        var list = items.Where(matching.Matches).ToList();
        if (!order.IsEmpty)
        {
            list = [.. list.OrderBy(static item => item, order)];
        }

        var from = 0;
        if (position is not null)
        {
            from =
                position.Split(' ', 2) is [var number, var last]
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? After(list, name, index, last)
                    : throw Strange();
        }

        var page = list.Skip(from).Take(size).ToList();
        var next =
            from + page.Count < list.Count
                ? Write(query, string.Create(CultureInfo.InvariantCulture, $"{from + page.Count} {name(page[^1])}"))
                : "";
        return new Page<T>([.. page.Select(item => Masked(item, mask))], next);
    }

    /// <summary>Only the fields that a read mask names; all of them without one.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming a path that leads nowhere.</exception>
    public static T Masked<T>(T message, FieldMask? mask)
        where T : class, IMessage<T>, new()
    {
        if (mask is null || mask.Paths.Count == 0 || mask.Paths.Contains("*"))
        {
            return message;
        }

        var result = new T();
        foreach (var path in mask.Paths)
        {
            var first = path.Split('.')[0];
            var field =
                message.Descriptor.FindFieldByName(first)
                ?? message.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(f => f.JsonName == first)
                ?? throw StatusException.InvalidArgument($"`read_mask` has '{path}': {message.Descriptor.Name} has no field '{first}'.");
            if (field.IsMap)
            {
                var target = (System.Collections.IDictionary)field.Accessor.GetValue(result);
                foreach (System.Collections.DictionaryEntry entry in (System.Collections.IDictionary)field.Accessor.GetValue(message))
                {
                    target[entry.Key] = entry.Value;
                }
            }
            else if (!field.IsRepeated)
            {
                field.Accessor.SetValue(result, field.Accessor.GetValue(message));
            }
        }

        return result;
    }

    // Names may occur more than once: the points of a series are named by their steps. So the item is looked for where it was, and only
    // then elsewhere.
    private static int After<T>(List<T> list, Func<T, string> name, int index, string last)
    {
        if (index > 0 && index <= list.Count && name(list[index - 1]) == last)
        {
            return index;
        }

        return list.FindIndex(item => name(item) == last) is >= 0 and var found ? found + 1 : Math.Min(index, list.Count);
    }

    private static StatusException Strange() =>
        StatusException.InvalidArgument(
            "`page_token` does not belong to this query. Use the `next_page_token` of the page before, with the same parent, filter and order."
        );

    private static byte[] Digest(string query, ReadOnlySpan<byte> position)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(query));
        hash.AppendData([0]);
        hash.AppendData(position);
        return hash.GetHashAndReset()[..DigestBytes];
    }
}
