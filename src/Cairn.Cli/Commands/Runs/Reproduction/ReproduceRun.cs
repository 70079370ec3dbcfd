using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary><c>reproduce</c>: prints what recreates a run, and with <c>--execute</c> does it.</summary>
internal sealed class ReproduceRun : ApiCommand
{
    private readonly Argument<string> name = new("RUN") { Description = RunLookup.Argument };
    private readonly Argument<string[]> arguments = new("ARG") { Description = "Arguments of a program, which runs record only as parameters: after --.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> execute = new("--execute") { Description = "Recreate it: a job is submitted again; a program runs here, from its commit in a folder of its own." };
    private readonly Option<bool> stream = new("--stream-logs") { Description = "Follow a job's log, and end as the job ends." };
    private readonly Option<string?> output = new("--base-output-directory") { Description = "Where a job's results go; a folder beside the original's if not given.", HelpName = "URI" };
    private readonly Option<string?> repository = new("--repository") { Description = "A clone that has the commit; this folder's if not given, else the recorded address is cloned.", HelpName = "DIR" };
    private readonly Option<string> python = new("--python") { Description = "The interpreter of a program that ends in .py.", HelpName = "FILE", DefaultValueFactory = _ => "python3" };
    private readonly Option<bool> keep = new("--keep") { Description = "Leave the folder that a program ran in." };

    public ReproduceRun() : base("reproduce", "Print what recreates a run: commit, data versions, environment and command. With --execute, recreate it.")
    {
        Add(name);
        Add(arguments);
        foreach (var option in (Option[])[execute, stream, output, repository, python, keep])
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var run = await new RunLookup(session.Mlflow).FindAsync(parse.GetValue(name)!, cancellation);
        var recipe = await new RecipeReader(session).ReadAsync(run, cancellation);
        if (!parse.GetValue(execute))
        {
            session.Printer.One(recipe.Json().ToJsonString());
            return ExitCode.Ok;
        }

        if (recipe.Job is { } job)
        {
            return await new JobReproduction(session).ExecuteAsync(recipe, job, parse.GetValue(output), parse.GetValue(stream), cancellation);
        }

        return await new ProgramReproduction(session)
        {
            Repository = parse.GetValue(repository),
            Python = parse.GetValue(python)!,
            Arguments = parse.GetValue(arguments) ?? [],
            Keep = parse.GetValue(keep),
        }.ExecuteAsync(recipe, cancellation);
    }
}
