using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Store;

namespace Cairn.Kernel.Tests.Bugs;

/// <summary>Text that is none went in, and came out as something else or as an internal error.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("a=%41&b=%C3%A4&c=100%", true)]
    [InlineData("a=%zz%F0%9F%98%80%4", true)]
    [InlineData("a=%FF", false)]
    [InlineData("a=%C3", false)]
    [InlineData("a=%C3&b=%A4", false)]
    [InlineData("a=%ED%A0%80", false)]
    [InlineData("a=%00", false)]
    public void a_query_is_utf8_or_refused(string query, bool accepted) => Accepts(query).ShouldBe(accepted);

    [Fact]
    public void a_character_is_whole_wherever_it_stands_in_a_long_query()
    {
        for (var before = 240; before < 260; before++)
        {
            Accepts("a=" + string.Concat(Enumerable.Repeat("%41", before)) + "%F0%9F%98%80%C3%A4").ShouldBeTrue($"{before}");
            Accepts("a=" + string.Concat(Enumerable.Repeat("%41", before)) + "%F0%9F%98").ShouldBeFalse($"{before}");
        }

        Accepts("a=" + string.Concat(Enumerable.Repeat("%80", 1_000))).ShouldBeFalse();
        Accepts("a=" + string.Concat(Enumerable.Repeat("%E2%82%AC", 1_000))).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""", true)]
    [InlineData("""{"a":"\\ud800"}""", true)]
    [InlineData("""{"a":"\\\ud800"}""", false)]
    [InlineData("""{"a":"\ud83d"}""", false)]
    [InlineData("""{"a":"\ude00\ud83d"}""", false)]
    [InlineData("""{"\ud83dx":1}""", false)]
    public void an_escape_in_json_names_a_whole_character(string json, bool accepted)
    {
        try
        {
            JsonText.Require(Encoding.UTF8.GetBytes(json));
            accepted.ShouldBeTrue();
        }
        catch (StatusException)
        {
            accepted.ShouldBeFalse();
        }
    }

    [Fact]
    public void characters_are_counted_and_cut_whole()
    {
        Characters.Count("a😀ä").ShouldBe(3);
        Characters.Count("").ShouldBe(0);
        Characters.Cut("a😀b", 2).ShouldBe("a");
        Characters.Cut("a😀b", 3).ShouldBe("a😀");
        Characters.Cut("ab", 2).ShouldBe("ab");
    }

    private static bool Accepts(string query)
    {
        try
        {
            RequestPath.Parse("/x?" + query);
            return true;
        }
        catch (StatusException)
        {
            return false;
        }
    }
}
