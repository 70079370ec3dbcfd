using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;

namespace Cairn.Kernel.Tests.Filters;

public sealed class FilterParserTests
{
    [Fact]
    public void or_binds_tighter_than_and()
    {
        var and = FilterParser.Parse("a=1 AND b=2 OR c=3").ShouldBeOfType<AndNode>();
        and.Operands[1].ShouldBeOfType<OrNode>().Operands.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("t > 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("name = projects/p/models/m@1", "projects/p/models/m@1")]
    [InlineData("x = -1.5e3", "-1.5e3")]
    [InlineData("x = .5", ".5")]
    [InlineData("x = \"a \\\"b\\\" \\\\ c\"", "a \"b\" \\ c")]
    [InlineData("x='it is'", "it is")]
    [InlineData("x:*", "*")]
    public void values_are_read_whole(string filter, string value) =>
        FilterParser.Parse(filter).ShouldBeOfType<ComparisonNode>().Value.ShouldBe(value);

    [Fact]
    public void functions_keep_their_arguments() =>
        FilterParser.Parse("in_context(\"a b\", c)").ShouldBeOfType<FunctionNode>().Arguments.ShouldBe(["a b", "c"]);

    [Fact]
    public void an_empty_filter_is_none()
    {
        FilterParser.Parse("").ShouldBeNull();
        FilterParser.Parse("  \t\n").ShouldBeNull();
    }

    [Fact]
    public void nesting_length_and_number_of_terms_are_limited()
    {
        foreach (
            var filter in (string[])
                [
                    new string('(', 100) + "a" + new string(')', 100),
                    new string('a', FilterParser.MaxLength + 1),
                    string.Concat(Enumerable.Repeat("a ", 600)),
                ]
        )
        {
            Should.Throw<StatusException>(() => FilterParser.Parse(filter)).Code.ShouldBe(Code.InvalidArgument);
        }
    }

    /// <summary>Whatever is thrown at it, the parser answers with a tree or a sentence.</summary>
    [Fact]
    public void no_text_breaks_the_parser()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        string[] pieces =
        [
            "a",
            "AND",
            "OR",
            "NOT",
            "-",
            "(",
            ")",
            "\"",
            "'",
            "\\",
            "=",
            "!=",
            ":",
            "<",
            ".",
            ",",
            " ",
            "*",
            "1",
            "é",
            "\0",
            "in_context",
            "!",
            "~",
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                FilterParser.Parse(text);
            }
            catch (StatusException error) when (error.Code == Code.InvalidArgument)
            {
                error.Message.ShouldNotBeEmpty();
            }
            catch (Exception error)
            {
                Assert.Fail($"'{text}' (seed {seed}): {error}");
            }
        }
    }
}
