using Cairn.Kernel.Checksums;
using Cairn.Tensorboards.Events;

namespace Cairn.Tracking.Tests.Events;

public sealed class MaskedCrcTests
{
    [Fact]
    public void the_checksum_is_that_of_rfc_3720()
    {
        // Appendix B.4: 32 bytes of zeros.
        EventBytes.Crc32C(new byte[32]).ShouldBe(0x8A9136AAu);
        MaskedCrc.Of(new byte[32]).ShouldBe(unchecked(((0x8A9136AAu >> 15) | (0x8A9136AAu << 17)) + 0xA282EAD8));
    }

    [Fact]
    public void every_length_has_the_checksum_that_is_computed_bit_by_bit()
    {
        var bytes = new byte[40_000];
        new Random(7).NextBytes(bytes);
        foreach (var length in Enumerable.Range(0, 300).Concat([4095, 4096, 12287, 12288, 12289, 24576, 24583, 36864, 40_000]))
        {
            MaskedCrc.Of(bytes.AsSpan(0, length)).ShouldBe(EventBytes.Masked(bytes.AsSpan(0, length)), $"{length} bytes");
        }
    }
}
