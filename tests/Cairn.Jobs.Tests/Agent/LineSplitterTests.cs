using System.Text;
using Cairn.Jobs.Agent;

namespace Cairn.Jobs.Tests.Agent;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("\n\nx\n", "||x")]
    [InlineData("10%\r50%\r100%\ndone\n", "100%|done")]
    [InlineData("", "")]
    public void output_is_cut_at_line_ends(string text, string lines) =>
        string.Join('|', Split(Encoding.UTF8.GetBytes(text), 3)).ShouldBe(lines);

    [Fact]
    public void bytes_that_are_no_text_are_replaced() => Split([0x61, 0xFF, 0xFE, 0x62, 0x0A], 2).ShouldBe(["a\uFFFD\uFFFDb"]);

    [Fact]
    public void a_long_line_comes_in_pieces_that_cut_no_character()
    {
        var text = string.Concat(Enumerable.Repeat("aé日😀", 20_000));

        var lines = Split(Encoding.UTF8.GetBytes(text), 1000);

        lines.Count.ShouldBeGreaterThan(1);
        lines.ShouldAllBe(line => Encoding.UTF8.GetByteCount(line) <= LineSplitter.MaxLine);
        string.Concat(lines).ShouldBe(text);
    }

    [Fact]
    public void a_flood_of_progress_without_a_line_end_keeps_only_its_last_state()
    {
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"\rstep {i}"));

        Split(Encoding.UTF8.GetBytes(text), 4096).ShouldBe(["step 49999"]);
    }

    [Fact]
    public void any_cutting_of_the_input_gives_the_same_lines()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var bytes = new byte[100_000];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)" \nabc\r"[random.Next(6)];
        }

        Split(bytes, 1 + random.Next(5000)).ShouldBe(Split(bytes, bytes.Length), $"seed {seed}");
    }

    private static List<string> Split(byte[] bytes, int piece)
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);
        foreach (var part in bytes.Chunk(piece))
        {
            splitter.Add(part);
        }

        splitter.Complete();
        return lines;
    }
}
