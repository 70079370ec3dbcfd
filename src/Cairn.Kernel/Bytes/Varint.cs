namespace Cairn.Kernel.Bytes;

/// <summary>
/// Whole numbers in as few bytes as they need: seven bits a byte, least first; signed ones folded so that small ones of either sign are
/// short (zigzag).
/// </summary>
public static class Varint
{
    /// <summary>The most bytes a number takes.</summary>
    public const int MaxLength = 10;

    public static void Put(Span<byte> buffer, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            buffer[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[at++] = (byte)value;
    }

    public static void PutSigned(Span<byte> buffer, ref int at, long value) => Put(buffer, ref at, (ulong)((value << 1) ^ (value >> 63)));

    /// <exception cref="InvalidDataException">The bytes end within the number.</exception>
    public static ulong Take(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 7 * MaxLength && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The bytes end within a number.");
    }

    /// <exception cref="InvalidDataException">The bytes end within the number.</exception>
    public static long TakeSigned(ReadOnlySpan<byte> bytes, ref int at)
    {
        var coded = Take(bytes, ref at);
        return (long)(coded >> 1) ^ -(long)(coded & 1);
    }
}
