using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Commands.Tensorboards;
using Cairn.Cli.Shell;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Imports;

namespace Cairn.Cli.Commands.Imports;

internal sealed class ImportRuns : ApiCommand
{
    private readonly Argument<string> folder = new("DIR") { Description = "The folder." };
    private readonly Option<bool> withDeleted = new("--with-deleted") { Description = "Bring runs that were deleted there as well, marked as such." };
    private readonly Option<bool> withoutArtifacts = new("--without-artifacts") { Description = "Leave the runs' files where they are." };
    private readonly Func<string, IRunSource> open;

    public ImportRuns(string name, string description, Func<string, IRunSource> open) : base(name, description)
    {
        this.open = open;
        Add(folder);
        Add(withDeleted);
        Add(withoutArtifacts);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        IRunSource source;
        try
        {
            source = open(parse.GetValue(folder)!);
        }
        catch (StatusException e)
        {
            throw new CliException(e.Message);
        }

        // Without one no tensorboard would show what is imported.
        await new Boards(session.Client, session.Parent).DefaultAsync(cancellation);
        var import = new RunImport(session, withArtifacts: !parse.GetValue(withoutArtifacts));
        var deleted = 0;
        foreach (var run in source.Read())
        {
            if (run.Deleted && !parse.GetValue(withDeleted))
            {
                deleted++;
                continue;
            }

            await import.WriteAsync(run, cancellation);
            session.Status.WriteLine($"{run.Experiment}/{run.Name}: {run.Params.Count} parameters, {run.Metrics.Count} metrics, {run.Artifacts.Count} files.");
        }

        var registry = new RegistryImport(session, import.Addresses);
        if (source is IModelSource models)
        {
            foreach (var model in models.Models())
            {
                await import.WriteAsync(model, cancellation);
                session.Status.WriteLine($"{model.Request.Experiment}/{model.Request.Name}: logged model {model.Request.ModelId}, {model.Artifacts.Count} files.");
            }
        }

        await import.TieAsync(cancellation);
        if (source is IModelSource registered)
        {
            foreach (var model in registered.Registered())
            {
                await registry.WriteAsync(model, cancellation);
                session.Status.WriteLine($"{model.Name}: registered model with {model.Versions.Count} versions.");
            }
        }

        var totals = import.Totals;
        session.Status.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Imported {totals.Runs:N0} runs of {totals.Experiments:N0} experiments: {totals.Points:N0} points, {totals.Files:N0} files with {totals.Bytes:N0} bytes."));
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

        foreach (var problem in source.Problems.Concat(import.Problems).Concat(registry.Problems).Take(100))
        {
            session.Status.WriteLine($"cairn: {problem}");
        }

        return source.Problems.Count + import.Problems.Count + registry.Problems.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
