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

    public CreateToken() : base("create", "Make a token, and print it: it is shown this once, and stored only as a hash.")
    {
        role.CompletionSources.Add("admin", "editor", "viewer");
        Add(name);
        Add(role);
        Add(only);
        Add(ttl);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var request = new JsonObject { ["name"] = parse.GetValue(name), ["role"] = parse.GetValue(role), ["project"] = parse.GetValue(only) };
        if (parse.GetValue(ttl) is { } lifetime)
        {
            request["ttlSeconds"] = Lifetime.Parse(ttl.Name, lifetime).TotalSeconds;
        }

        var answer = await session.Client.TextAsync(HttpMethod.Post, TokensNoun.Path, request.ToJsonString(), cancellation);
        if (parse.GetValue(GlobalOptions.Format) is not null)
        {
            session.Printer.One(answer);
            return ExitCode.Ok;
        }

        var token = JsonNode.Parse(answer)!;
        session.Status.WriteLine($"Token {token["id"]} for {token["subject"]} ({token["role"]}); it is shown this once:");
        // Alone on the output stream, for CAIRN_TOKEN=$(cairn tokens create …).
        session.Out.WriteLine((string?)token["token"]);
        return ExitCode.Ok;
    }
}
