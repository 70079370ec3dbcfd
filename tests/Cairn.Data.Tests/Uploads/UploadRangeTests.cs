using Cairn.Data.Uploads;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Uploads;

public sealed class UploadRangeTests
{
    [Fact]
    public void every_form_that_clients_send_is_read()
    {
        UploadRange.Parse(null).ShouldBe(UploadRange.Whole);
        UploadRange.Parse("bytes 0-99/200").ShouldBe(new UploadRange(0, 99, 200, false));
        UploadRange.Parse("bytes 100-199/200").ShouldBe(new UploadRange(100, 199, 200, true));
        UploadRange.Parse("bytes 0-99/*").ShouldBe(new UploadRange(0, 99, null, false));
        UploadRange.Parse("bytes 0-*/*").ShouldBe(new UploadRange(0, null, null, true));
        UploadRange.Parse("bytes 5-*/20").ShouldBe(new UploadRange(5, null, 20, false));
        UploadRange.Parse("bytes */200").ShouldBe(new UploadRange(null, null, 200, false));
        UploadRange.Parse("bytes */*").ShouldBe(new UploadRange(null, null, null, false));
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("bytes 0-99")]
    [InlineData("bytes 5-3/10")]
    [InlineData("bytes 0-10/10")]
    [InlineData("bytes -5-3/10")]
    [InlineData("bytes a-b/c")]
    [InlineData("bytes 0-99999999999999999999/*")]
    [InlineData("items 0-9/10")]
    public void others_are_refused(string header) =>
        Should.Throw<StatusException>(() => UploadRange.Parse(header)).Message.ShouldContain(header);
}
