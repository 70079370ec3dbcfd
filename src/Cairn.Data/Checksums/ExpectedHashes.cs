using Cairn.Kernel.Errors;

namespace Cairn.Data.Checksums;

/// <summary>What the client says the content's checksums are; null where it does not say.</summary>
/// <param name="Md5">Base64 of 16 bytes.</param>
/// <param name="Crc32C">Base64 of 4 big-endian bytes.</param>
public sealed record ExpectedHashes(string? Md5 = null, string? Crc32C = null)
{
    public static ExpectedHashes None { get; } = new();

    /// <summary>
    /// The <c>x-goog-hash</c> header: <c>crc32c=…,md5=…</c>, each at most once; may come as several headers joined by commas.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where an entry has another form.</exception>
    public static ExpectedHashes ParseHeader(string? header)
    {
        var expected = None;
        foreach (var entry in (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=');
            var (algorithm, value) = equals < 0 ? (entry, "") : (entry[..equals], entry[(equals + 1)..]);
            expected = algorithm switch
            {
                "md5" => expected with { Md5 = value },
                "crc32c" => expected with { Crc32C = value },
                _ => throw StatusException.InvalidArgument(
                    $"The x-goog-hash header has '{entry}'; it must be crc32c=BASE64 or md5=BASE64."
                ),
            };
        }

        return expected;
    }

    /// <summary>This, with what <paramref name="other"/> says in addition.</summary>
    public ExpectedHashes Or(ExpectedHashes other) => new(Md5 ?? other.Md5, Crc32C ?? other.Crc32C);

    /// <exception cref="StatusException">INVALID_ARGUMENT where a checksum is malformed or is not the content's.</exception>
    public void Verify(uint crc32c, string? md5)
    {
        if (Crc32C is { } crc)
        {
            if (!Cairn.Kernel.Checksums.Crc32C.TryParseBase64(crc, out var value))
            {
                throw StatusException.InvalidArgument($"The crc32c '{crc}' is not the base64 of 4 bytes.");
            }

            if (value != crc32c)
            {
                throw StatusException.InvalidArgument(
                    $"Provided CRC32C \"{crc}\" doesn't match calculated CRC32C \"{Cairn.Kernel.Checksums.Crc32C.ToBase64(crc32c)}\". Nothing was stored; send the object again."
                );
            }
        }

        if (Md5 is { } expected && md5 is not null && !string.Equals(expected, md5, StringComparison.Ordinal))
        {
            throw StatusException.InvalidArgument(
                $"Provided MD5 hash \"{expected}\" doesn't match calculated MD5 hash \"{md5}\". Nothing was stored; send the object again."
            );
        }
    }
}
