using Cairn.Data.Objects;
using Cairn.Jobs.Logs;
using Cairn.Kernel.Store.Search;
using Cairn.Tensorboards.Listing;
using Cairn.Tracking.Search;
using Cairn.Tuning;
using Cairn.Tuning.Names;

namespace Cairn.Server.Tests.Bugs;

/// <summary>One of the server's page tokens: made of a query and a position, and read back for the same query.</summary>
/// <param name="Write">The token of a query (a word) and a position (a name of 1 to 1,024 bytes).</param>
/// <param name="Read">The position that a token of that query holds.</param>
/// <param name="Position">What the token is expected to hold of a name: all of it, or a number where it holds numbers only.</param>
internal sealed record PageTokenKind(Func<string, string, string> Write, Func<string, string, string> Read, Func<string, string> Position)
{
    private static readonly OrderKey[] Order =
    [
        new(new SearchField(SearchType.Text, "name", ["name"]), Descending: false),
        new(new SearchField(SearchType.Number, null, ["size"]), Descending: true),
    ];

    public static IReadOnlyDictionary<string, PageTokenKind> All { get; } =
        new Dictionary<string, PageTokenKind>
        {
            ["objects"] = Named(
                static (query, name) => new ListPosition(name, name.Length).ToToken(Objects(query)),
                static (query, token) => ListPosition.FromToken(Objects(query) with { PageToken = token }).Name
            ),
            ["resources"] = Named(
                static (query, name) => PageToken.Write(query, [name, 0.5]),
                static (query, token) => (string)PageToken.Read(query, token, Order)[0]
            ),
            ["runs, experiments, logged models"] = Named(
                static (query, name) => new SearchCursor(1, [name, 7L, 0.5]).Write(query),
                static (query, token) => SearchCursor.Read(query, token) is { Keys: [string name, ..] } ? name : ""
            ),
            ["log entries"] = Named(
                static (query, name) => LogPageToken.Write(query, new LogPosition(1, name, "log")),
                static (query, token) => LogPageToken.Read(query, token)!.Value.InsertId
            ),
            ["logs"] = Named(
                static (query, name) => LogPageToken.Write(query, new LogPosition(0, "", name)),
                static (query, token) => LogPageToken.Read(query, token)!.Value.Log
            ),
            ["tensorboards"] = Named(Pages.Write, static (query, token) => Pages.Read(query, token)!),
            ["trials"] = new(
                static (query, name) => TrialPageToken.Write(Study(query), name.Length),
                static (query, token) => TrialPageToken.Read(Study(query), token).ToString(),
                static name => name.Length.ToString()
            ),
        };

    private static PageTokenKind Named(Func<string, string, string> write, Func<string, string, string> read) =>
        new(write, read, static name => name);

    private static ObjectListQuery Objects(string query) => new("bucket-1") { Prefix = query };

    private static StudyName Study(string query) => new("projects/p/locations/l", query.Length);
}
