using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Studies;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Cli.Commands.HpTuningJobs;

/// <summary>
/// <c>trials</c>: a tuning job's trials, the best by its first metric first, then those that have no measurement, by number.
/// </summary>
internal sealed class HpTuningTrials : ApiCommand
{
    private static readonly Column[] Columns =
    [
        new("TRIAL", "id"),
        new("STATE", "state"),
        new("METRICS", "metricsLine"),
        new("PARAMETERS", "parametersLine"),
        new("CUSTOM_JOB", "customJob:id"),
        new("REASON", "infeasibleReason"),
    ];

    private readonly Argument<string> _name = ResourceArgument.For(HpTuningJobsNoun.Thing);

    public HpTuningTrials()
        : base("trials", "List a tuning job's trials, the best first.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var job = await session.Client.GetAsync<HyperparameterTuningJob>(
            $"/v1/{session.Name(HpTuningJobsNoun.Collection, parse.GetValue(_name)!)}",
            cancellation
        );
        if (await session.Printer.ManyAsync(Sort(job).Select(TrialColumns.Format).ToAsyncEnumerable(), Columns, cancellation) == 0)
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }

    /// <summary>Best first.</summary>
    internal static IEnumerable<Trial> Sort(HyperparameterTuningJob job)
    {
        var metric = job.StudySpec.Metrics[0];
        var sign = metric.Goal == MetricSpec.Types.GoalType.Minimize ? 1 : -1;
        return job
            .Trials.OrderBy(trial =>
                trial.FinalMeasurement?.Metrics.FirstOrDefault(found => found.MetricId == metric.MetricId) is { } found
                    ? sign * found.Value
                    : double.PositiveInfinity
            )
            .ThenBy(static trial => long.Parse(trial.Id, CultureInfo.InvariantCulture));
    }
}
