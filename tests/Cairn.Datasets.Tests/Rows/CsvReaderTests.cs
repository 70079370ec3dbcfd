using System.Text;
using Cairn.Datasets.Rows;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Tests.Rows;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "1: a|b", "2: 1|2")]
    [InlineData("a,b\r\n1,2", "1: a|b", "2: 1|2")]
    [InlineData("\uFEFFa,b\n\n\r\n1,\n", "1: a|b", "4: 1|")]
    [InlineData("\"a\",\"b,c\"\n\"x\ny\",\"say \"\"so\"\"\"\nz,", "1: a|b,c", "2: x\ny|say \"so\"", "4: z|")]
    [InlineData("é,\"ü\"\"\"\n", "1: é|ü\"")]
    [InlineData("5\" disk,\"\"\n", "1: 5\" disk|")]
    [InlineData(",\n", "1: |")]
    [InlineData("")]
    public async Task records_are_read_wherever_the_stream_breaks(string text, params string[] expected)
    {
        for (var step = 1; step <= 5; step++)
        {
            var reader = new CsvReader(new Trickle(Encoding.UTF8.GetBytes(text), step));
            var records = new List<string>();
            while (await reader.ReadAsync(CancellationToken.None))
            {
                var fields = new List<string>();
                for (var i = 0; i < reader.Count; i++)
                {
                    fields.Add(Encoding.UTF8.GetString(reader[i]));
                }

                records.Add($"{reader.Line}: {string.Join('|', fields)}");
            }

            records.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task a_record_is_kept_as_it_stands()
    {
        var reader = new CsvReader(new MemoryStream("\"a\" ignored"u8.ToArray()));
        await Should.ThrowAsync<StatusException>(async () => await reader.ReadAsync(CancellationToken.None));
        reader = new CsvReader(new MemoryStream("\"1,0\",\"x\"\r\nnext"u8.ToArray()));
        (await reader.ReadAsync(CancellationToken.None)).ShouldBeTrue();
        Encoding.UTF8.GetString(reader.Record).ShouldBe("\"1,0\",\"x\"");
    }

    [Fact]
    public async Task a_quote_that_does_not_end_is_refused_and_not_read_into_memory_for_ever()
    {
        var reader = new CsvReader(new MemoryStream("a,b\n\"x,2\n3,4\n"u8.ToArray()));
        await reader.ReadAsync(CancellationToken.None);
        (await Should.ThrowAsync<StatusException>(async () => await reader.ReadAsync(CancellationToken.None))).Message.ShouldContain(
            "does not end"
        );
        reader.Line.ShouldBe(2);

        var endless = new CsvReader(new Endless());
        (await Should.ThrowAsync<StatusException>(async () => await endless.ReadAsync(CancellationToken.None))).Message.ShouldContain(
            $"{16 * 1024 * 1024} bytes"
        );
    }

    [Fact]
    public async Task many_records_pass_through_the_buffer()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 100_000; i++)
        {
            text.Append(i).Append(",\"").Append('x', i % 40).Append("\"\n");
        }

        var reader = new CsvReader(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())));
        for (var i = 0; i < 100_000; i++)
        {
            (await reader.ReadAsync(CancellationToken.None)).ShouldBeTrue();
            Encoding.UTF8.GetString(reader[0]).ShouldBe(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            reader[1].Length.ShouldBe(i % 40);
            reader.Line.ShouldBe(i + 1);
        }

        (await reader.ReadAsync(CancellationToken.None)).ShouldBeFalse();
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }

    /// <summary>A field in quotes that never ends.</summary>
    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            buffer.Span[0] = Position++ == 0 ? (byte)'"' : (byte)'x';
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
