using Cairn.Data.Gcs;

namespace Cairn.Data.Tests.Gcs;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=10-", 10, 90)]
    [InlineData("bytes=90-1000", 90, 10)]
    [InlineData("bytes=-10", 90, 10)]
    [InlineData("bytes=-1000", 0, 100)]
    [InlineData("Bytes=5-6", 5, 2)]
    public void satisfiable_ranges(string header, long start, long length)
    {
        ByteRange.Parse(header, 100, out var unsatisfiable).ShouldBe(new ByteRange(start, length));
        unsatisfiable.ShouldBeFalse();
    }

    [Theory]
    [InlineData("bytes=100-", 100)]
    [InlineData("bytes=200-300", 100)]
    [InlineData("bytes=-0", 100)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-5", 0)]
    public void unsatisfiable_ranges(string header, long size)
    {
        ByteRange.Parse(header, size, out var unsatisfiable).ShouldBeNull();
        unsatisfiable.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("items=0-9")]
    [InlineData("bytes=9-5")]
    [InlineData("bytes=0-9,20-29")]
    [InlineData("bytes=x")]
    [InlineData("bytes=--5")]
    [InlineData("bytes=99999999999999999999-")]
    public void what_is_no_single_range_is_ignored(string? header)
    {
        ByteRange.Parse(header, 100, out var unsatisfiable).ShouldBeNull();
        unsatisfiable.ShouldBeFalse();
    }
}
