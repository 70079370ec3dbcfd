using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Cli.Commands.Tune;

/// <summary>A line for each trial as it ends, with the best so far.</summary>
internal sealed class TrialTable(TextWriter to, MetricSpec metric) : ITrialView
{
    private readonly Lock _gate = new();
    private double? _best;

    public static Dictionary<string, string> Values(Trial trial) =>
        trial.Parameters.ToDictionary(
            static parameter => parameter.ParameterId,
            static parameter =>
                parameter.Value.KindCase == Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StringValue
                    ? parameter.Value.StringValue
                    : parameter.Value.NumberValue.ToString("R", CultureInfo.InvariantCulture)
        );

    public Task WatchAsync(Task work) => work;

    public void Started(Trial trial)
    {
        // A line of a log that nobody watches is written when there is a result.
    }

    public void Reported(Trial trial, double value) { }

    public void Ended(Trial trial, double? value, string problem)
    {
        lock (_gate)
        {
            if (_best is null)
            {
                to.WriteLine($"{"TRIAL", -6} {metric.MetricId.ToUpperInvariant(), -12} {"BEST", -12} PARAMETERS");
            }

            if (
                value is { } number
                && double.IsFinite(number)
                && (
                    _best is not { } old
                    || !double.IsFinite(old)
                    || (metric.Goal == MetricSpec.Types.GoalType.Minimize ? number < old : number > old)
                )
            )
            {
                _best = number;
            }

            _best ??= double.NaN;
            var parameters = string.Join(' ', Values(trial).Select(static pair => $"{pair.Key}={Short(pair.Value)}"));
            to.WriteLine($"{trial.Id, -6} {Text(value), -12} {Text(_best), -12} {parameters}{(problem.Length > 0 ? $"  {problem}" : "")}");
        }
    }

    private static string Text(double? value) =>
        value is { } number && !double.IsNaN(number) ? number.ToString("G6", CultureInfo.InvariantCulture) : "-";

    /// <summary>A value as a table shows it.</summary>
    public static string Short(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("G4", CultureInfo.InvariantCulture)
            : text;
}
