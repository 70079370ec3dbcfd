using System.CommandLine;
using System.CommandLine.Invocation;
using Cairn.Cli.Api;
using Cairn.Cli.Commands;
using Cairn.Cli.Commands.CustomJobs;
using Cairn.Cli.Commands.Datasets;
using Cairn.Cli.Commands.Endpoints;
using Cairn.Cli.Commands.Env;
using Cairn.Cli.Commands.Experiments;
using Cairn.Cli.Commands.HpTuningJobs;
using Cairn.Cli.Commands.Imports;
using Cairn.Cli.Commands.Lineage;
using Cairn.Cli.Commands.Models;
using Cairn.Cli.Commands.Operations;
using Cairn.Cli.Commands.Runs;
using Cairn.Cli.Commands.Server;
using Cairn.Cli.Commands.Storage;
using Cairn.Cli.Commands.Studies;
using Cairn.Cli.Commands.Tensorboards;
using Cairn.Cli.Commands.Tokens;
using Cairn.Cli.Commands.TrainingPipelines;
using Cairn.Cli.Commands.Tune;
using Cairn.Cli.Quickstart;

namespace Cairn.Cli.Shell;

/// <summary>The whole command line: what there is, and how a run of it ends.</summary>
internal static class Cli
{
    public static RootCommand Create() =>
        new("Cairn: a self-hosted MLOps platform that speaks Vertex AI, MLflow and Cloud Storage.")
        {
            CustomJobsNoun.Create(),
            DatasetsNoun.Create(),
            TrainingPipelinesNoun.Create(),
            HpTuningJobsNoun.Create(),
            StudiesNoun.Create(),
            new TuneCommand(),
            ModelsNoun.Create(),
            EndpointsNoun.Create(),
            ExperimentsNoun.Create(),
            RunsNoun.Create(),
            LineageNoun.Create(),
            OperationsNoun.Create(),
            TensorboardNoun.Create(),
            ImportNoun.Create(),
            StorageNoun.Create(),
            TokensNoun.Create(),
            new GcCommand(),
            new ServerCommand(),
            new DoctorCommand(),
            new QuickstartCommand(),
            new EnvCommand(),
            new CompletionCommand(),
        };

    /// <summary>Parses and runs; every failure is one sentence on <paramref name="error"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parse = Create().Parse(args);
        if (parse.Action is ParseErrorAction)
        {
            // A word that is not known explains the other complaints.
            var problem = parse.UnmatchedTokens is [var word, ..]
                ? $"'{word}' is not known here."
                : string.Join(" ", parse.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            error.WriteLine($"cairn: {problem} See '{Path(parse.CommandResult)} --help'.");
            return ExitCode.Usage;
        }

        try
        {
            return await parse.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    // A server takes this long at most to finish what it was doing.
                    ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
                    Output = output,
                    Error = error,
                }
            );
        }
        catch (CliException e)
        {
            error.WriteLine($"cairn: {e.Message}");
            return e.ExitCode;
        }
        catch (ApiException e)
        {
            error.WriteLine($"cairn: {e.Status}: {e.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            error.WriteLine($"cairn: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static string Path(System.CommandLine.Parsing.CommandResult command)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = command; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } c)
            {
                names.Push(c.Command.Name);
            }
        }

        names.Push("cairn");
        return string.Join(' ', names);
    }
}
