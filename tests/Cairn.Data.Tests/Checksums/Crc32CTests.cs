using System.Text;
using Cairn.Data.Checksums;
using Cairn.Kernel.Checksums;

namespace Cairn.Data.Tests.Checksums;

public sealed class Crc32CTests
{
    [Fact]
    public void the_check_value_of_the_catalogue_is_met()
    {
        var crc = default(Crc32C);
        crc.Append("123456789"u8);

        crc.Value.ShouldBe(0xE3069283u);
        default(Crc32C).Value.ShouldBe(0u);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 7)]
    [InlineData(3, 100_000)]
    public void combining_is_the_checksum_of_the_concatenation(int first, int second)
    {
        var bytes = new byte[first + second];
        new Random(7).NextBytes(bytes);

        Crc32C.Combine(Of(bytes.AsSpan(0, first)), Of(bytes.AsSpan(first)), second).ShouldBe(Of(bytes));
    }

    [Fact]
    public void base64_goes_both_ways()
    {
        Crc32C.ToBase64(Of(Encoding.UTF8.GetBytes("hello world"))).ShouldBe("yZRlqg==");
        Crc32C.TryParseBase64("yZRlqg==", out var value).ShouldBeTrue();
        value.ShouldBe(0xC99465AAu);
        Crc32C.TryParseBase64("yZRl", out _).ShouldBeFalse();
        Crc32C.TryParseBase64("!!!!!!==", out _).ShouldBeFalse();
    }

    private static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = default(Crc32C);
        crc.Append(bytes);
        return crc.Value;
    }
}
