using System.Buffers.Binary;
using Cairn.Kernel.Checksums;

namespace Cairn.Tensorboards.Events;

/// <summary>A record that is too long to be held in memory: its bytes go by, and its checksum tells whether it was one.</summary>
/// <param name="length">The bytes of its payload.</param>
internal sealed class OversizedRecord(int length)
{
    private const int HeaderBytes = 12;
    private const int FooterBytes = 4;

    private readonly byte[] _footer = new byte[FooterBytes];
    private uint _crc = MaskedCrc.Start;

    /// <summary>The bytes of the whole record.</summary>
    public long Total => HeaderBytes + (long)length + FooterBytes;

    /// <summary>How many of them have gone by.</summary>
    public long Passed { get; private set; }

    public bool IsWhole => Passed == Total;

    /// <summary>Whether the checksum of a whole record is right.</summary>
    public bool IsSound => MaskedCrc.End(_crc) == BinaryPrimitives.ReadUInt32LittleEndian(_footer);

    /// <summary>Takes what comes next; returns how many bytes of it were the record's.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var own = bytes[..(int)Math.Min(bytes.Length, Total - Passed)];
        var before = Passed;
        Passed += own.Length;
        var skipped = (int)Math.Clamp(HeaderBytes - before, 0, own.Length);
        var payload = own[skipped..(int)Math.Clamp(HeaderBytes + (long)length - before, skipped, own.Length)];
        _crc = MaskedCrc.Add(_crc, payload);
        var rest = own[(skipped + payload.Length)..];
        rest.CopyTo(_footer.AsSpan((int)Math.Max(0, before - HeaderBytes - length)));
        return own.Length;
    }
}
