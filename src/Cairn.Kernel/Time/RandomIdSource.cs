using System.Globalization;
using System.Security.Cryptography;

namespace Cairn.Kernel.Time;

/// <summary>Identifiers from the operating system's generator.</summary>
public sealed class RandomIdSource : IIdSource
{
    public string NextNumber()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        // 62 random bits and the top bit set below the sign: always 19 digits, always positive as an int64.
        var value = (BitConverter.ToInt64(bytes) & 0x3FFF_FFFF_FFFF_FFFF) | 0x4000_0000_0000_0000;
        return value.ToString(CultureInfo.InvariantCulture);
    }

    public string NextHex() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
