using Cairn.Data.Objects;
using Cairn.Kernel.Errors;
using Google.Rpc;

namespace Cairn.Data.Tests.Objects;

public sealed class ListingTests : IAsyncLifetime
{
    private static readonly string[] Names =
    [
        "a",
        "a/",
        "a/b",
        "a/b/c",
        "a/b/d",
        "a0",
        "b/c",
        "b/d/e",
        "b/d/f",
        "b/d/g",
        "c",
        "d//e",
        "é/x",
        "z/1",
        "z/2",
        "z/3",
        "\uFFFD/y",
        "😀/x",
        "😀/y",
    ];

    private DataFixture _data = null!;

    public async ValueTask InitializeAsync()
    {
        _data = await DataFixture.StartAsync();
        foreach (var name in Names)
        {
            await _data.PutAsync(name, "x");
        }
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Theory]
    [InlineData("", "")]
    [InlineData("", "/")]
    [InlineData("a", "/")]
    [InlineData("a/", "/")]
    [InlineData("a/b", "/")]
    [InlineData("b/d/", "/")]
    [InlineData("b", "d")]
    [InlineData("d/", "/")]
    [InlineData("no", "/")]
    [InlineData("😀", "/")]
    public async Task pages_of_every_size_give_what_the_definition_says(string prefix, string delimiter)
    {
        var (items, prefixes) = Expected(prefix, delimiter);
        for (var size = 1; size <= Names.Length + 1; size++)
        {
            var (foundItems, foundPrefixes) = await AllAsync(
                new ObjectListQuery(DataFixture.Bucket)
                {
                    Prefix = prefix,
                    Delimiter = delimiter,
                    MaxResults = size,
                }
            );

            foundItems.ShouldBe(items, $"page size {size}");
            foundPrefixes.ShouldBe(prefixes, $"page size {size}");
        }
    }

    [Fact]
    public async Task offsets_bound_the_listing_at_both_ends()
    {
        var (items, _) = await AllAsync(new ObjectListQuery(DataFixture.Bucket) { StartOffset = "a/b", EndOffset = "b/d/f" });
        items.ShouldBe(["a/b", "a/b/c", "a/b/d", "a0", "b/c", "b/d/e"]);
    }

    [Fact]
    public async Task a_folders_own_object_is_listed_beside_it_where_asked_for()
    {
        var (items, prefixes) = await AllAsync(
            new ObjectListQuery(DataFixture.Bucket)
            {
                Delimiter = "/",
                IncludeTrailingDelimiter = true,
                EndOffset = "b",
            }
        );

        items.ShouldBe(["a", "a/", "a0"]);
        prefixes.ShouldBe(["a/"]);
    }

    [Theory]
    [InlineData("a/*", new[] { "a/", "a/b" })]
    [InlineData("a/**", new[] { "a/", "a/b", "a/b/c", "a/b/d" })]
    [InlineData("**/[ef]", new[] { "b/d/e", "b/d/f", "d//e" })]
    [InlineData("{b,z}/{c,1}", new[] { "b/c", "z/1" })]
    [InlineData("?", new[] { "a", "c" })]
    [InlineData("z/[!12]", new[] { "z/3" })]
    public async Task globs_match_as_documented(string glob, string[] expected)
    {
        var (items, _) = await AllAsync(new ObjectListQuery(DataFixture.Bucket) { MatchGlob = glob });
        items.ShouldBe(expected);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task a_token_that_no_listing_gave_is_refused(string token)
    {
        var query = new ObjectListQuery(DataFixture.Bucket) { PageToken = token };
        (await Should.ThrowAsync<StatusException>(() => _data.Get<ObjectLister>().ListAsync(query, default))).Code.ShouldBe(
            Code.InvalidArgument
        );
    }

    [Fact]
    public async Task a_token_holds_for_its_own_listing_only()
    {
        var query = new ObjectListQuery(DataFixture.Bucket) { MaxResults = 2 };
        var token = (await _data.Get<ObjectLister>().ListAsync(query, default)).NextPageToken!;

        await Should.ThrowAsync<StatusException>(() =>
            _data.Get<ObjectLister>().ListAsync(query with { PageToken = token, Prefix = "a" }, default)
        );
        (await _data.Get<ObjectLister>().ListAsync(query with { PageToken = token, MaxResults = 5 }, default))
            .Items[0]
            .Name.ShouldBe("a/b");
    }

    private async Task<(List<string> Items, List<string> Prefixes)> AllAsync(ObjectListQuery query)
    {
        var items = new List<string>();
        var prefixes = new List<string>();
        while (true)
        {
            var page = await _data.Get<ObjectLister>().ListAsync(query, default);
            (page.Items.Count + page.Prefixes.Count).ShouldBeLessThanOrEqualTo(query.MaxResults + (query.IncludeTrailingDelimiter ? 1 : 0));
            items.AddRange(page.Items.Select(item => item.Name));
            prefixes.AddRange(page.Prefixes);
            if (page.NextPageToken is null)
            {
                return (items, prefixes);
            }

            query = query with { PageToken = page.NextPageToken };
        }
    }

    // The definition, without any cleverness.
    private static (List<string> Items, List<string> Prefixes) Expected(string prefix, string delimiter)
    {
        var matching = Names
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(Comparer<string>.Create(ObjectName.Compare))
            .ToList();
        string? Folder(string name) =>
            delimiter.Length > 0 && name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is var at and >= 0
                ? name[..(at + delimiter.Length)]
                : null;
        return ([.. matching.Where(name => Folder(name) is null)], [.. matching.Select(Folder).OfType<string>().Distinct()]);
    }
}
