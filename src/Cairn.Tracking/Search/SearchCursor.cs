using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

/// <summary>
/// Where a page ended: the phase of the search and the last row's sort values. It is bound to its query, and opaque to clients.
/// </summary>
public sealed record SearchCursor(int Phase, IReadOnlyList<object> Keys)
{
    public string Write(string query)
    {
        var text = JsonSerializer.Serialize(
            new[] { Digest(query), Phase.ToString(CultureInfo.InvariantCulture) }.Concat(
                Keys.Select(static key =>
                    key switch
                    {
                        string value => "T" + value,
                        long value => "N" + value.ToString(CultureInfo.InvariantCulture),
                        double value => "D" + value.ToString("R", CultureInfo.InvariantCulture),
                        _ => throw new InvalidOperationException($"A {key.GetType().Name} is no sort value."),
                    }
                )
            )
        );
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT for a token that was not made by this query.</exception>
    public static SearchCursor? Read(string query, string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        try
        {
            if (
                JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(token)) is [var digest, { } phase, .. var keys]
                && digest == Digest(query)
            )
            {
                return new SearchCursor(int.Parse(phase, CultureInfo.InvariantCulture), [.. keys.Select(Value)]);
            }
        }
        catch (Exception error) when (error is FormatException or JsonException or OverflowException)
        {
            // Told below, as a token of another query is.
        }

        throw StatusException.InvalidArgument(
            "The page token is not one that this search returned. Repeat the search from its first page, and change nothing but the token between pages."
        );
    }

    private static object Value(string? text) =>
        text switch
        {
            ['T', .. var value] => value,
            ['N', .. var value] => long.Parse(value, CultureInfo.InvariantCulture),
            ['D', .. var value] => double.Parse(value, CultureInfo.InvariantCulture),
            _ => throw new FormatException(),
        };

    private static string Digest(string query) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(query)).AsSpan(0, 9));
}
