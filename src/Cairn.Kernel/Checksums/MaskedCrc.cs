namespace Cairn.Kernel.Checksums;

/// <summary>
/// The checksum of TFRecord files: CRC-32C, rotated and offset so that the checksum of data that contain checksums stays a good one
/// (<c>tensorflow/tsl/lib/hash/crc32c.h</c>).
/// </summary>
public static class MaskedCrc
{
    private const uint Delta = 0xA282EAD8;

    /// <summary>The state before the first byte, for data that come piece by piece.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> bytes) => End(Add(Start, bytes));

    /// <summary>The state after more bytes.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes) => Crc32CRemainder.Of(crc, bytes);

    /// <summary>The checksum of a state.</summary>
    public static uint End(uint crc)
    {
        var value = ~crc;
        return ((value >> 15) | (value << 17)) + Delta;
    }
}
