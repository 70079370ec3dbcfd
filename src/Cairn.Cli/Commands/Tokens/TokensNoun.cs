using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tokens;

internal static class TokensNoun
{
    public const string Path = "/cairn/v1/tokens";

    public static Noun Create() =>
        new("tokens", "Tokens that people and programs sign in with.", new CreateToken(), new ListTokens(), new RevokeToken());
}

internal sealed class ListTokens : ApiCommand
{
    private static readonly Column[] Columns =
    [
        new("ID", "id"),
        new("SUBJECT", "subject"),
        new("ROLE", "role"),
        new("PROJECT", "project"),
        new("CREATED", "createTime"),
        new("EXPIRES", "expireTime"),
    ];

    public ListTokens()
        : base("list", "List tokens; their secrets are known to their bearers alone.") { }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var answer = JsonNode.Parse(await session.Client.TextAsync(HttpMethod.Get, TokensNoun.Path, null, cancellation));
        var tokens = (answer?["tokens"]?.AsArray() ?? []).Select(t => t!.ToJsonString());
        if (await session.Printer.ManyAsync(tokens.ToAsyncEnumerable(), Columns, cancellation) == 0)
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }
}

internal sealed class RevokeToken : ApiCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The token's id, as 'tokens list' shows it." };

    public RevokeToken()
        : base("revoke", "Make a token worthless at once.") => Add(_id);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        await session.Client.TextAsync(
            HttpMethod.Delete,
            $"{TokensNoun.Path}/{Uri.EscapeDataString(parse.GetValue(_id)!)}",
            null,
            cancellation
        );
        session.Status.WriteLine($"Revoked token {parse.GetValue(_id)}.");
        return ExitCode.Ok;
    }
}
