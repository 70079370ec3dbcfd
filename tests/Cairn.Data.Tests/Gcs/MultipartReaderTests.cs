using System.Text;
using Cairn.Data.Gcs.Multipart;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Tests.Gcs;

public sealed class MultipartReaderTests
{
    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public async Task parts_are_read_whatever_the_ends_of_line_and_however_the_bytes_arrive(string newline)
    {
        // The content has all that could be taken for a delimiter.
        var content = $"line{newline}--bound{newline}\r\n--\r\n\n--boundar\r";
        var body = string.Join(
            newline,
            "--boundary",
            "Content-Type: application/json",
            "",
            "{\"a\":1}",
            "--boundary",
            "content-type: text/plain",
            "X: y",
            "",
            content,
            "--boundary--",
            ""
        );
        for (var piece = 1; piece < 40; piece++)
        {
            var reader = new MultipartReader(new TricklingStream(Encoding.UTF8.GetBytes(body), piece), "boundary");

            (await reader.NextAsync(default))!["Content-Type"].ShouldBe("application/json");
            Encoding.UTF8.GetString(await reader.ReadAllAsync(100, default)).ShouldBe("{\"a\":1}");
            (await reader.NextAsync(default))!["x"].ShouldBe("y");
            using var text = new StreamReader(reader.Content);
            (await text.ReadToEndAsync()).ShouldBe(content);
            (await reader.NextAsync(default)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task a_part_that_is_not_read_is_skipped()
    {
        var reader = Reader("--b\r\n\r\n" + new string('x', 500_000) + "\r\n--b\r\n\r\nsecond\r\n--b--");

        await reader.NextAsync(default);
        await reader.NextAsync(default);

        Encoding.UTF8.GetString(await reader.ReadAllAsync(100, default)).ShouldBe("second");
    }

    [Fact]
    public async Task an_empty_part_is_empty()
    {
        var reader = Reader("--b\r\n\r\n\r\n--b--\r\n");
        (await reader.NextAsync(default))!.ShouldBeEmpty();
        (await reader.ReadAllAsync(100, default)).ShouldBeEmpty();
        (await reader.NextAsync(default)).ShouldBeNull();
    }

    [Fact]
    public async Task a_body_that_is_cut_off_anywhere_is_an_error_not_an_end()
    {
        const string body = "--b\r\nA: b\r\n\r\n{}\r\n--b\r\nC: d\r\n\r\ncontent\r\n--b--";
        for (var length = 0; length < body.Length - 2; length++)
        {
            await Should.ThrowAsync<StatusException>(async () =>
            {
                var reader = Reader(body[..length]);
                while (await reader.NextAsync(default) is not null)
                {
                    await reader.ReadAllAsync(100, default);
                }
            });
        }
    }

    [Theory]
    [InlineData("multipart/related; boundary=abc", "abc")]
    [InlineData("multipart/related; boundary=\"=== abc ==\"", "=== abc ==")]
    [InlineData("multipart/related; boundary='===============12=='", "===============12==")]
    [InlineData("multipart/mixed; charset=utf-8; Boundary=x", "x")]
    public void the_boundary_is_found(string contentType, string boundary) => MultipartReader.BoundaryOf(contentType).ShouldBe(boundary);

    [Theory]
    [InlineData(null)]
    [InlineData("multipart/related")]
    [InlineData("multipart/related; boundary=")]
    public void a_missing_boundary_is_an_error(string? contentType) =>
        Should.Throw<StatusException>(() => MultipartReader.BoundaryOf(contentType));

    private static MultipartReader Reader(string body) => new(new MemoryStream(Encoding.UTF8.GetBytes(body)), "b");

    private sealed class TricklingStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
