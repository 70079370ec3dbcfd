using System.CommandLine;

namespace Cairn.Cli.Shell;

/// <summary>Options of every command that calls a server, with what the environment says where they are not given.</summary>
internal static class GlobalOptions
{
    public const string DefaultEndpoint = "http://127.0.0.1:8080";
    public const string DefaultProject = "demo";
    public const string DefaultRegion = "us-central1";

    public static readonly Option<string> Endpoint = Make("--endpoint", "The server's address.", "CAIRN_ENDPOINT", DefaultEndpoint, "URL");
    public static readonly Option<string> Token = Make(
        "--token",
        "A bearer token, where the server asks for one.",
        "CAIRN_TOKEN",
        "",
        "TOKEN"
    );
    public static readonly Option<string> Project = Make("--project", "The project.", "CAIRN_PROJECT", DefaultProject, "ID");
    public static readonly Option<string> Region = Make(
        "--region",
        "The region; any of Google's names will do.",
        "CAIRN_REGION",
        DefaultRegion,
        "NAME"
    );

    public static readonly Option<string?> Format = new("--format")
    {
        Description = "How to print: json, yaml, table, or value(FIELD,…) for the bare values.",
        HelpName = "FORMAT",
        Recursive = true,
    };

    public static IReadOnlyList<Option> All { get; } = [Endpoint, Token, Project, Region, Format];

    static GlobalOptions() => Format.CompletionSources.Add("json", "yaml", "table");

    private static Option<string> Make(string name, string description, string variable, string otherwise, string help) =>
        new(name)
        {
            Description = $"{description} From {variable} if not given{(otherwise.Length > 0 ? $", else {otherwise}" : "")}.",
            HelpName = help,
            Recursive = true,
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : otherwise,
        };
}
