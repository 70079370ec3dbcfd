using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Spectre.Console;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Cli.Commands.Tune;

/// <summary>
/// <c>cairn tune --metric accuracy:max --param lr=log:1e-4..1e-1 -- python train.py --lr {lr}</c>: runs a command with parameters that a
/// study suggests. Started again with the same
/// <c>--study</c>, it goes on with the trials that were under way.
/// </summary>
internal sealed class TuneCommand : ApiCommand
{
    private readonly Option<string> _metric = new("--metric")
    {
        Description = "What to optimise, and which way.",
        HelpName = "NAME:max|min",
        Required = true,
    };
    private readonly Option<string[]> _parameters = new("--param")
    {
        Description = "What to tune: lr=log:1e-4..1e-1, depth=int:2..10, width=list:16,32,64, optimizer=sgd,adam. Again for more.",
        HelpName = "NAME=SPACE",
        Required = true,
    };
    private readonly Option<int> _trials = new("--trials")
    {
        Description = "How many trials the study has in the end.",
        HelpName = "N",
        DefaultValueFactory = static _ => 20,
    };
    private readonly Option<int> _parallel = new("--parallel")
    {
        Description = "How many run at once.",
        HelpName = "N",
        DefaultValueFactory = static _ => 1,
    };
    private readonly Option<string?> _study = new("--study")
    {
        Description = "The study's display name; a new one if not given.",
        HelpName = "NAME",
    };
    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "What to run, after --, with {name} where a value goes.",
        Arity = ArgumentArity.OneOrMore,
    };

    public TuneCommand()
        : base("tune", "Find the parameters with which a command does best.")
    {
        foreach (var option in (Option[])[.. GlobalOptions.All, _metric, _parameters, _trials, _parallel, _study])
        {
            Add(option);
        }

        Add(_command);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var goal = MetricFlag.Parse(parse.GetValue(_metric)!);
        var spec = new StudySpec { Metrics = { goal }, Parameters = { parse.GetValue(_parameters)!.Select(ParameterFlag.Parse) } };
        var template = new CommandTemplate(parse.GetValue(_command)!);
        template.Require(spec.Parameters.Select(static parameter => parameter.ParameterId));
        var (count, width) = (Positive(parse, _trials), Positive(parse, _parallel));
        var name = parse.GetValue(_study) ?? $"tune-{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        var made = await session.Client.PostAsync<Study>(
            $"/v1/{session.Parent}/studies",
            new Study { DisplayName = name, StudySpec = spec },
            cancellation
        );
        session.Status.WriteLine($"Study {name} [{made.Name}].");
        var view = View(session, goal, count);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await view.WatchAsync(
                Task.WhenAll(
                    Enumerable
                        .Range(1, Math.Min(width, count))
                        .Select(worker => WorkAsync(session, made, template, view, goal.MetricId, $"cairn-tune-{worker}", count, failed))
                )
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Another worker failed first; its exception is the one that WhenAll throws where both did.
        }

        var best = (
            await session.Client.PostAsync<ListOptimalTrialsResponse>(
                $"/v1/{made.Name}/trials:listOptimalTrials",
                (Google.Protobuf.IMessage?)null,
                cancellation
            )
        ).OptimalTrials.FirstOrDefault();
        if (best is null)
        {
            throw new CliException($"No trial of study {name} reported {goal.MetricId}; 'cairn studies trials {made.Name}' lists them.");
        }

        session.Status.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Best: trial {best.Id} with {goal.MetricId} {best.FinalMeasurement.Metrics[0].Value:G6}."
            )
        );
        session.Out.WriteLine(CommandTemplate.Quote(template.Fill(TrialTable.Values(best))));
        return ExitCode.Ok;
    }

    private static async Task WorkAsync(
        ApiSession session,
        Study study,
        CommandTemplate template,
        ITrialView view,
        string metric,
        string client,
        int count,
        CancellationTokenSource failed
    )
    {
        try
        {
            while (await NextAsync(session, study, client, count, failed.Token) is { } trial)
            {
                view.Started(trial);
                var (value, problem) = await TrialRun.RunAsync(
                    template.Fill(TrialTable.Values(trial)),
                    metric,
                    trial.Id,
                    reported => view.Reported(trial, reported),
                    failed.Token
                );
                var request = value is { } number
                    ? new CompleteTrialRequest
                    {
                        FinalMeasurement = new Measurement
                        {
                            Metrics =
                            {
                                new Measurement.Types.Metric { MetricId = metric, Value = number },
                            },
                        },
                    }
                    : new CompleteTrialRequest { TrialInfeasible = true, InfeasibleReason = problem[..Math.Min(problem.Length, 1_000)] };
                await session.Client.PostAsync<Trial>($"/v1/{trial.Name}:complete", request, failed.Token);
                view.Ended(trial, value, problem);
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    /// <summary>On a terminal a table that changes, else a line for each trial.</summary>
    private static ITrialView View(ApiSession session, MetricSpec goal, int count) =>
        Console.IsErrorRedirected || session.Status != Console.Error
            ? new TrialTable(session.Status, goal)
            : new LiveTrials(
                AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }),
                goal,
                count,
                TimeProvider.System
            );

    /// <summary>The client's open trial or a new one; null where the study has as many as are wanted.</summary>
    private static async Task<Trial?> NextAsync(ApiSession session, Study study, string client, int count, CancellationToken cancellation)
    {
        var operation = await session.Client.PostAsync<Operation>(
            $"/v1/{study.Name}/trials:suggest",
            new SuggestTrialsRequest { SuggestionCount = 1, ClientId = client },
            cancellation
        );
        var trial = (await session.Client.ResultAsync<SuggestTrialsResponse>(operation, cancellation)).Trials.FirstOrDefault();
        if (trial is null || long.Parse(trial.Id, CultureInfo.InvariantCulture) <= count)
        {
            return trial;
        }

        await session.Client.DeleteAsync<Google.Protobuf.WellKnownTypes.Empty>($"/v1/{trial.Name}", cancellation);
        return null;
    }

    private static int Positive(ParseResult parse, Option<int> option) =>
        parse.GetValue(option) is > 0 and var value
            ? value
            : throw CliException.Usage($"{option.Name} is {parse.GetValue(option)}; it must be at least 1.");
}
