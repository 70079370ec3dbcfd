using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tokens;

internal sealed class CreateToken : ApiCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "Who the token is for." };
    private readonly Option<string?> role = new("--role") { Description = "What it may do: admin, editor (the default) or viewer." };
    private readonly Option<string?> only = new("--only-project") { Description = "The one project that it may touch; all if not given.", HelpName = "ID" };
    private readonly Option<string?> ttl = new("--ttl") { Description = "How long it works, such as 90d, 12h or 30m; until it is revoked if not given.", HelpName = "TIME" };
    private readonly Option<string?> data = new("--data") { Description = "Make it directly in the store of the server whose folder this is: for the first token, on the server's machine.", HelpName = "DIR" };
    private readonly Option<string?> store = new("--store") { Description = "Make it directly in this PostgreSQL store of a server.", HelpName = "postgres://…" };

    public CreateToken() : base("create", "Make a token, and print it: it is shown this once, and stored only as a hash.")
    {
        role.CompletionSources.Add("admin", "editor", "viewer");
        foreach (var option in (Option[])[role, only, ttl, data, store])
        {
            Add(option);
        }

        Add(name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var lifetime = parse.GetValue(ttl) is { } given ? Lifetime.Parse(ttl.Name, given) : (TimeSpan?)null;
        var answer = parse.GetValue(data) is null && parse.GetValue(store) is null
            ? await AskServerAsync(parse, session, lifetime, cancellation)
            : await LocalTokens.CreateAsync(
                parse.GetValue(data) ?? DataFolder.Default(), parse.GetValue(store), parse.GetValue(name)!, parse.GetValue(role), parse.GetValue(only), lifetime, cancellation);
        if (parse.GetValue(GlobalOptions.Format) is not null)
        {
            session.Printer.One(answer.ToJsonString());
            return ExitCode.Ok;
        }

        session.Status.WriteLine($"Token {answer["id"]} for {answer["subject"]} ({answer["role"]}); it is shown this once:");
        // Alone on the output stream, for CAIRN_TOKEN=$(cairn tokens create …).
        session.Out.WriteLine((string?)answer["token"]);
        return ExitCode.Ok;
    }

    private async Task<JsonNode> AskServerAsync(ParseResult parse, ApiSession session, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var request = new JsonObject { ["name"] = parse.GetValue(name), ["role"] = parse.GetValue(role), ["project"] = parse.GetValue(only), ["ttlSeconds"] = lifetime?.TotalSeconds };
        return JsonNode.Parse(await session.Client.TextAsync(HttpMethod.Post, TokensNoun.Path, request.ToJsonString(), cancellation))!;
    }
}
