using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Tokens;

internal sealed class CreateToken : ApiCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "Who the token is for." };
    private readonly Option<string?> _role = new("--role")
    {
        Description = "What it may do: admin, editor (the default), viewer, or monitor (/metrics alone).",
    };
    private readonly Option<string?> _only = new("--only-project")
    {
        Description = "The one project that it may touch; all if not given.",
        HelpName = "ID",
    };
    private readonly Option<string?> _ttl = new("--ttl")
    {
        Description = "How long it works, such as 90d, 12h or 30m; until it is revoked if not given.",
        HelpName = "TIME",
    };
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Make it directly in the store of the server whose folder this is: for the first token, on the server's machine.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _store = new("--store")
    {
        Description = "Make it directly in this PostgreSQL store of a server.",
        HelpName = "postgres://…",
    };

    public CreateToken()
        : base("create", "Make a token, and print it: it is shown this once, and stored only as a hash.")
    {
        _role.CompletionSources.Add("admin", "editor", "viewer", "monitor");
        foreach (var option in (Option[])[_role, _only, _ttl, _data, _store])
        {
            Add(option);
        }

        Add(_name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var lifetime = parse.GetValue(_ttl) is { } given ? Lifetime.Parse(_ttl.Name, given) : (TimeSpan?)null;
        var answer =
            parse.GetValue(_data) is null && parse.GetValue(_store) is null
                ? await AskServerAsync(parse, session, lifetime, cancellation)
                : await LocalTokens.CreateAsync(
                    parse.GetValue(_data) ?? DataFolder.Default(),
                    parse.GetValue(_store),
                    parse.GetValue(_name)!,
                    parse.GetValue(_role),
                    parse.GetValue(_only),
                    lifetime,
                    cancellation
                );
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
        var request = new JsonObject
        {
            ["name"] = parse.GetValue(_name),
            ["role"] = parse.GetValue(_role),
            ["project"] = parse.GetValue(_only),
            ["ttlSeconds"] = lifetime?.TotalSeconds,
        };
        return JsonNode.Parse(await session.Client.TextAsync(HttpMethod.Post, TokensNoun.Path, request.ToJsonString(), cancellation))!;
    }
}
