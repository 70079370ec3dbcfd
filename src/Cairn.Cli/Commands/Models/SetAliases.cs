using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Models;

/// <summary>Adds and removes aliases of a version; an alias that another version had moves here.</summary>
internal sealed class SetAliases : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("model version");
    private readonly Option<string[]> _add = new("--add") { Description = "Aliases that this version gets.", HelpName = "ALIAS,…" };
    private readonly Option<string[]> _remove = new("--remove") { Description = "Aliases that it loses.", HelpName = "ALIAS,…" };

    public SetAliases()
        : base("set-aliases", "Move aliases to a version (MODEL@VERSION), or take them away.")
    {
        Add(_name);
        Add(_add);
        Add(_remove);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var request = new MergeVersionAliasesRequest();
        request.VersionAliases.AddRange(KeyValues.List(parse.GetValue(_add)));
        request.VersionAliases.AddRange(KeyValues.List(parse.GetValue(_remove)).Select(alias => $"-{alias}"));
        if (request.VersionAliases.Count == 0)
        {
            throw CliException.Usage("Nothing to change: give --add or --remove.");
        }

        session.Print(
            await session.Client.PostAsync<Model>(
                $"/v1/{session.Name(ModelsNoun.Collection, parse.GetValue(_name)!)}:mergeVersionAliases",
                request,
                cancellation
            )
        );
        return ExitCode.Ok;
    }
}
