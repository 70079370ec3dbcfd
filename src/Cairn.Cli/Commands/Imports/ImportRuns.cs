using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Commands.Tensorboards;
using Cairn.Cli.Shell;
using Cairn.Imports;
using Cairn.Kernel.Errors;

namespace Cairn.Cli.Commands.Imports;

internal sealed class ImportRuns : ApiCommand
{
    /// <summary>Problems that are told one by one.</summary>
    private const int MaxTold = 100;

    private readonly Argument<string> _folder = new("DIR") { Description = "The folder." };
    private readonly Option<bool> _withDeleted = new("--with-deleted")
    {
        Description = "Bring runs that were deleted there as well, marked as such.",
    };
    private readonly Option<bool> _withoutArtifacts = new("--without-artifacts") { Description = "Leave the runs' files where they are." };
    private readonly Option<bool> _withOutside = new("--with-outside-artifacts")
    {
        Description = "Bring files too that the store says lie elsewhere on this machine. Only for a store that you trust.",
    };

    private readonly Func<string, bool, IRunSource> _open;

    /// <param name="open">Opens a folder; with the flag, files that lie elsewhere on this machine are brought too.</param>
    /// <param name="hasOutside">Whether such a store may have files elsewhere.</param>
    public ImportRuns(string name, string description, Func<string, bool, IRunSource> open, bool hasOutside)
        : base(name, description)
    {
        _open = open;
        Add(_folder);
        Add(_withDeleted);
        Add(_withoutArtifacts);
        if (hasOutside)
        {
            Add(_withOutside);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        IRunSource source;
        try
        {
            source = _open(parse.GetValue(_folder)!, Options.Contains(_withOutside) && parse.GetValue(_withOutside));
        }
        catch (StatusException e)
        {
            throw new CliException(e.Message);
        }

        // Without one no tensorboard would show what is imported.
        await new Boards(session.Client, session.Parent).DefaultAsync(cancellation);
        var items = new ImportItems();
        var import = new RunImport(session, items, withArtifacts: !parse.GetValue(_withoutArtifacts));
        var deleted = 0;
        foreach (var run in source.Read())
        {
            if (run.Deleted && !parse.GetValue(_withDeleted))
            {
                deleted++;
            }
            else if (await items.TryAsync($"The run '{run.Id}' of '{run.Experiment}'", () => import.WriteAsync(run, cancellation)))
            {
                session.Status.WriteLine(
                    $"{run.Experiment}/{run.Name}: {run.Params.Count} parameters, {run.Metrics.Count} metrics, {run.Artifacts.Count} files."
                );
            }
        }

        var registry = new RegistryImport(session, items, import.Addresses);
        if (source is IModelSource models)
        {
            foreach (var model in models.Models())
            {
                if (await items.TryAsync($"The logged model '{model.Request.ModelId}'", () => import.WriteAsync(model, cancellation)))
                {
                    session.Status.WriteLine(
                        $"{model.Request.Experiment}/{model.Request.Name}: logged model {model.Request.ModelId}, {model.Artifacts.Count} files."
                    );
                }
            }
        }

        await import.TieAsync(cancellation);
        if (source is IModelSource registered)
        {
            foreach (var model in registered.Registered())
            {
                if (await items.TryAsync($"The registered model '{model.Name}'", () => registry.WriteAsync(model, cancellation)))
                {
                    session.Status.WriteLine($"{model.Name}: registered model with {model.Versions.Count} versions.");
                }
            }
        }

        var totals = import.Totals;
        session.Status.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Imported {totals.Runs:N0} runs of {totals.Experiments:N0} experiments: {totals.Points:N0} points, {totals.Files:N0} files with {totals.Bytes:N0} bytes."
            )
        );
        if (totals.Models > 0 || registry.Versions > 0)
        {
            session.Status.WriteLine($"Imported {totals.Models} logged models and {registry.Versions} registered versions.");
        }

        if (totals.Skipped > 0)
        {
            session.Status.WriteLine($"Left alone {totals.Skipped} that were deleted here; 'cairn runs restore' brings runs back.");
        }

        if (deleted > 0)
        {
            session.Status.WriteLine($"Passed over {deleted} deleted runs; --with-deleted brings them.");
        }

        List<string> problems = [.. source.Problems, .. items.Problems, .. parse.GetValue(_withoutArtifacts) ? [] : source.Elsewhere];
        foreach (var problem in problems.Take(MaxTold))
        {
            session.Status.WriteLine($"cairn: {problem}");
        }

        if (problems.Count > MaxTold)
        {
            session.Status.WriteLine($"cairn: There are {problems.Count - MaxTold} more problems of these kinds.");
        }

        return problems.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
