using System.Buffers.Binary;

namespace Cairn.Kernel.Checksums;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), as Cloud Storage gives it for every object.</summary>
public struct Crc32C
{
    // The reflected polynomial 0x1EDC6F41.
    private const uint Polynomial = 0x82F63B78;

    // The running remainder, complemented as the standard says at start and end; the complement is applied on reading so that the default
    // value is the empty sum.
    private uint _state;

    /// <summary>The checksum of what was appended.</summary>
    public readonly uint Value => _state;

    public void Append(ReadOnlySpan<byte> bytes) => _state = ~Crc32CRemainder.Of(~_state, bytes);

    /// <summary>
    /// The checksum of a first part followed by a second part of <paramref name="secondLength"/> bytes, from the checksums of the two.
    /// </summary>
    /// <remarks>
    /// With remainders as polynomials over GF(2), appending n bytes multiplies by x^(8n); the complements cancel out. The power is taken by
    /// squaring, so this costs some 64 multiplications whatever the length.
    /// </remarks>
    public static uint Combine(uint first, uint second, long secondLength) => Multiply(first, PowerOfX(8 * (ulong)secondLength)) ^ second;

    /// <summary>As Cloud Storage writes it: base64 of the four bytes, big end first.</summary>
    public static string ToBase64(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The inverse of <see cref="ToBase64"/>; false where the text is not the base64 of four bytes.</summary>
    public static bool TryParseBase64(string text, out uint value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var valid = text.Length == 8 && Convert.TryFromBase64String(text, bytes, out var count) && count == 4;
        value = valid ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        return valid;
    }

    // In the reflected representation bit 31 is x^0.
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = 31; bit >= 0; bit--)
        {
            if ((a & (1u << bit)) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint PowerOfX(ulong exponent)
    {
        const uint one = 0x80000000;
        var result = one;
        var square = one >> 1;
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                result = Multiply(result, square);
            }

            square = Multiply(square, square);
        }

        return result;
    }
}
