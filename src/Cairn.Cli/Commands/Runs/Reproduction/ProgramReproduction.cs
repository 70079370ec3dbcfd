using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>
/// Runs a run's program again: from its commit, with what was changed since, in a folder of its own, and as a new run. The program is
/// started directly, never by a shell.
/// </summary>
internal sealed class ProgramReproduction(ApiSession session)
{
    /// <summary>A clone that has the commit, or null.</summary>
    public string? Repository { get; init; }

    public required string Python { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether the folder stays.</summary>
    public bool Keep { get; init; }

    /// <returns>The program's exit code.</returns>
    public async Task<int> ExecuteAsync(Recipe recipe, CancellationToken cancellation)
    {
        var program =
            recipe.Source.Program
            ?? throw new CliException(
                $"Run {recipe.RunId} tells no program: it has {(recipe.Source.Type is { } type ? $"mlflow.source.type {type}" : "no tag mlflow.source.name")}."
            );
        var commit =
            recipe.Source.Commit
            ?? throw new CliException(
                $"Run {recipe.RunId} has no tag mlflow.source.git.commit: nothing tells which version of '{program}' it was."
            );
        await using var checkout = await Checkout.MakeAsync(Repository, recipe.Source.Repository, commit, session.Status, cancellation);
        checkout.Keep = Keep;
        if (recipe.Source.Diff is { } diff)
        {
            await checkout.ApplyAsync(diff, cancellation);
        }

        var file = await checkout.FindAsync(program, cancellation);
        var run = await CreateAsync(recipe, commit, cancellation);
        session.Status.WriteLine($"Running {file} of {commit[..Math.Min(commit.Length, 12)]} in {checkout.Folder} as run {run}.");
        var code = await RunAsync(Start(recipe, checkout.Folder, file, run), run, cancellation);
        session.Status.WriteLine($"Compare them with: cairn runs compare {recipe.RunId} {run}");
        session.Printer.One(
            new JsonObject
            {
                ["runId"] = run,
                ["reproduces"] = recipe.RunId,
                ["exitCode"] = code,
            }.ToJsonString()
        );
        return code;
    }

    private async Task<string> CreateAsync(Recipe recipe, string commit, CancellationToken cancellation)
    {
        var tags = new Dictionary<string, string?>
        {
            [Reproductions.Tag] = recipe.RunId,
            ["mlflow.source.type"] = recipe.Source.Type ?? "LOCAL",
            ["mlflow.source.name"] = recipe.Source.Name,
            ["mlflow.source.git.commit"] = commit,
            ["mlflow.source.git.repoURL"] = recipe.Source.Repository,
            ["mlflow.source.git.branch"] = recipe.Source.Branch,
        };
        var body = new JsonObject
        {
            ["experiment_id"] = recipe.ExperimentId,
            ["run_name"] = recipe.RunName,
            ["user_id"] = Environment.UserName,
            ["start_time"] = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            ["tags"] = new JsonArray([
                .. tags.Where(static tag => tag.Value is not null)
                    .Select(static tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value }),
            ]),
        };
        return RunLookup.Id((await session.Mlflow.PostAsync("runs/create", body, cancellation))["run"]!.AsObject());
    }

    private ProcessStartInfo Start(Recipe recipe, string folder, string file, string run)
    {
        var start = new ProcessStartInfo { WorkingDirectory = folder, UseShellExecute = false };
        if (file.EndsWith(".py", StringComparison.Ordinal))
        {
            start.FileName = Python;
            start.ArgumentList.Add(file);
        }
        else
        {
            start.FileName = Path.Combine(folder, file);
        }

        foreach (var argument in Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["MLFLOW_TRACKING_URI"] = $"{session.Client.Address.Endpoint}/{session.Parent}";
        start.Environment["MLFLOW_EXPERIMENT_ID"] = recipe.ExperimentId;
        start.Environment["MLFLOW_RUN_ID"] = run;
        if (session.Client.Address.Token is { } token)
        {
            start.Environment["MLFLOW_TRACKING_TOKEN"] = token;
        }

        return start;
    }

    /// <summary>However the program ends, the run ends with it.</summary>
    private async Task<int> RunAsync(ProcessStartInfo start, string run, CancellationToken cancellation)
    {
        var status = "FAILED";
        try
        {
            using var process = Process.Start(start) ?? throw new CliException($"'{start.FileName}' could not be started.");
            try
            {
                await process.WaitForExitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                status = "KILLED";
                process.Kill(entireProcessTree: true);
                throw;
            }

            status = process.ExitCode == 0 ? "FINISHED" : "FAILED";
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"'{start.FileName}' could not be started: {e.Message}");
        }
        finally
        {
            var end = new JsonObject
            {
                ["run_id"] = run,
                ["status"] = status,
                ["end_time"] = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            await session.Mlflow.PostAsync("runs/update", end, CancellationToken.None);
        }
    }
}
