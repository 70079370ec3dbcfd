using System.Text;
using Cairn.Kernel.Errors;
using Cairn.Tensorboards.Listing;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.Server.Tests.Bugs;

/// <summary>
/// A listing of objects failed wherever a page ended at a name of 17 bytes or more; here is every token of every listing.
/// </summary>
public sealed class PageTokenTests
{
    // Of one to four bytes each, with what tokens separate their parts by.
    private static readonly string[] Alphabets = ["a", "a b", ":,/\"\\", "\u0001%", "é", "日本", "😀"];

    public static TheoryData<string> Kinds => [.. PageTokenKind.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void a_page_token_holds_a_position_of_any_length(string name)
    {
        var kind = PageTokenKind.All[name];
        for (var length = 1; length <= 1024; length++)
        {
            // Around the sizes of hashes and digests, each alphabet; elsewhere one after the other.
            foreach (var alphabet in length < 50 ? Alphabets : [Alphabets[length % Alphabets.Length]])
            {
                var position = Repeat(alphabet, length);
                kind.Read("query", kind.Write("query", position)).ShouldBe(kind.Position(position), $"{length} bytes of '{alphabet}'");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void a_page_token_of_another_query_is_refused(string name)
    {
        var kind = PageTokenKind.All[name];
        foreach (var length in (int[])[1, 16, 17, 1024])
        {
            Refused(kind, "another query", kind.Write("query", Repeat("a", length))).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void what_is_no_page_token_is_refused_with_a_sentence(string name)
    {
        var kind = PageTokenKind.All[name];
        foreach (
            var text in (string[])
                ["", " ", "null", "[]", "[null]", "[null,null]", "{}", "0", "\n\n\n", ":", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"]
        )
        {
            var token = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
            (token.Length == 0 || Refused(kind, "query", token)).ShouldBeTrue(text);
        }

        Refused(kind, "query", "=").ShouldBeTrue();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var attempt = 0; attempt < 2_000; attempt++)
        {
            // A changed token may still be one (the number in it is another): it is refused, or read, and never a failure of the server's.
            var token = kind.Write("query", Repeat("ab", random.Next(1, 60))).ToCharArray();
            token[random.Next(token.Length)] = (char)random.Next(' ', 130);
            Should.NotThrow(() => Refused(kind, "query", new string(token[..random.Next(1, token.Length + 1)])), $"seed {seed}");
        }
    }

    [Fact]
    public void a_page_goes_on_behind_points_of_the_same_step()
    {
        TimeSeriesDataPoint[] points =
        [
            .. ((long[])[1, 1, 1, 2, 2]).Select(
                (step, value) =>
                    new TimeSeriesDataPoint
                    {
                        Step = step,
                        Scalar = new Scalar { Value = value },
                    }
            ),
        ];
        var (values, token) = (new List<double>(), "");
        do
        {
            var page = Pages.Of(points, static point => point.Step.ToString(), "series", "", "", 1, token, null);
            values.AddRange(page.Items.Select(static point => point.Scalar.Value));
            token = page.NextPageToken;
        } while (token.Length > 0 && values.Count < 10);

        values.ShouldBe([0, 1, 2, 3, 4]);
    }

    private static bool Refused(PageTokenKind kind, string query, string token)
    {
        try
        {
            kind.Read(query, token);
            return false;
        }
        catch (StatusException error) when (error.Code == Code.InvalidArgument)
        {
            return true;
        }
    }

    // As many whole characters as the bytes hold, but one at least.
    private static string Repeat(string alphabet, int bytes)
    {
        var (runes, text) = (alphabet.EnumerateRunes().ToArray(), new StringBuilder());
        for (var (next, left) = (0, bytes); next == 0 || left >= runes[next % runes.Length].Utf8SequenceLength; next++)
        {
            text.Append(runes[next % runes.Length]);
            left -= runes[next % runes.Length].Utf8SequenceLength;
        }

        return text.ToString();
    }
}
