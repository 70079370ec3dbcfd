using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Store.Search;

/// <summary>
/// Where a listing goes on: the order keys of the last row that was returned. Rows that come and go in between neither repeat nor hide
/// others. A token carries a digest of its query, and is refused for any other.
/// </summary>
internal static class PageToken
{
    private const int DigestLength = 12;

    public static string Write(string query, IReadOnlyList<object> keys)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(keys);
        return Base64Url.EncodeToString([.. Digest(query, payload), .. payload]);
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where the token is not one of this query's.</exception>
    public static object[] Read(string query, string token, IReadOnlyList<OrderKey> keys)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(token);
            var payload = bytes.AsSpan(DigestLength);
            if (CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, DigestLength), Digest(query, payload)))
            {
                using var json = JsonDocument.Parse(payload.ToArray());
                var values = json.RootElement.EnumerateArray().Select(Value).ToArray();
                if (values.Length == keys.Count && values.Zip(keys).All(static pair => pair.First is string != pair.Second.Numeric))
                {
                    return values;
                }
            }
        }
        catch (Exception error) when (error is FormatException or JsonException or ArgumentException or InvalidOperationException)
        {
            // Said below: whatever is wrong with it, it is not a token of ours.
        }

        throw StatusException.InvalidArgument(
            "`page_token` does not belong to this query. Use the `next_page_token` of the page before, with the same parent, filter and order."
        );
    }

    private static object Value(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()!
        : element.TryGetInt64(out var whole) ? whole
        : element.GetDouble();

    private static byte[] Digest(string query, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(query));
        hash.AppendData([0]);
        hash.AppendData(payload);
        return hash.GetHashAndReset()[..DigestLength];
    }
}
