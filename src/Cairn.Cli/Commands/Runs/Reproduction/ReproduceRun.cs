using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary><c>reproduce</c>: prints what recreates a run, and with <c>--execute</c> does it.</summary>
internal sealed class ReproduceRun : ApiCommand
{
    private readonly Argument<string> _name = new("RUN") { Description = RunLookup.Argument };
    private readonly Argument<string[]> _arguments = new("ARG")
    {
        Description = "Arguments of a program, which runs record only as parameters: after --.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<bool> _execute = new("--execute")
    {
        Description = "Recreate it: a job is submitted again; a program runs here, from its commit in a folder of its own.",
    };
    private readonly Option<bool> _stream = new("--stream-logs") { Description = "Follow a job's log, and end as the job ends." };
    private readonly Option<string?> _output = new("--base-output-directory")
    {
        Description = "Where a job's results go; a folder beside the original's if not given.",
        HelpName = "URI",
    };
    private readonly Option<string?> _repository = new("--repository")
    {
        Description = "A clone that has the commit; this folder's if not given, else the recorded address is cloned.",
        HelpName = "DIR",
    };
    private readonly Option<string> _python = new("--python")
    {
        Description = "The interpreter of a program that ends in .py.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "python3",
    };
    private readonly Option<bool> _keep = new("--keep") { Description = "Leave the folder that a program ran in." };

    public ReproduceRun()
        : base("reproduce", "Print what recreates a run: commit, data versions, environment and command. With --execute, recreate it.")
    {
        Add(_name);
        Add(_arguments);
        foreach (var option in (Option[])[_execute, _stream, _output, _repository, _python, _keep])
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var run = await new RunLookup(session.Mlflow).FindAsync(parse.GetValue(_name)!, cancellation);
        var recipe = await new RecipeReader(session).ReadAsync(run, cancellation);
        if (!parse.GetValue(_execute))
        {
            session.Printer.One(recipe.Json().ToJsonString());
            return ExitCode.Ok;
        }

        if (recipe.Job is { } job)
        {
            return await new JobReproduction(session).ExecuteAsync(
                recipe,
                job,
                parse.GetValue(_output),
                parse.GetValue(_stream),
                cancellation
            );
        }

        return await new ProgramReproduction(session)
        {
            Repository = parse.GetValue(_repository),
            Python = parse.GetValue(_python)!,
            Arguments = parse.GetValue(_arguments) ?? [],
            Keep = parse.GetValue(_keep),
        }.ExecuteAsync(recipe, cancellation);
    }
}
