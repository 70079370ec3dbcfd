using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using Spectre.Console;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;
using LiveTable = Spectre.Console.Table;

namespace Cairn.Cli.Commands.Tune;

/// <summary>
/// A table on a terminal that changes while trials run: those that run, then the best, as many as the terminal has room for.
/// </summary>
internal sealed class LiveTrials(IAnsiConsole console, MetricSpec metric, int trials, TimeProvider time) : ITrialView
{
    private const int Least = 5;

    /// <summary>Lines around the rows: borders, headings, what is left out, and the line that the cursor is on.</summary>
    private const int Around = 7;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Row> _rows = [];

    public async Task WatchAsync(Task work)
    {
        await console
            .Live(Render())
            .Overflow(VerticalOverflow.Crop)
            .StartAsync(async live =>
            {
                while (!work.IsCompleted)
                {
                    live.UpdateTarget(Render());
                    await Task.WhenAny(work, Task.Delay(Interval, time));
                }

                live.UpdateTarget(Render());
            });
        await work;
    }

    public void Started(Trial trial) => Set(trial, new Row(trial, time.GetTimestamp(), null, null, ""));

    public void Reported(Trial trial, double value)
    {
        lock (_gate)
        {
            _rows[trial.Id] = _rows[trial.Id] with { Value = value };
        }
    }

    public void Ended(Trial trial, double? value, string problem)
    {
        lock (_gate)
        {
            var row = _rows[trial.Id];
            _rows[trial.Id] = row with { Value = value, Problem = problem, Took = time.GetElapsedTime(row.Started) };
        }
    }

    private void Set(Trial trial, Row row)
    {
        lock (_gate)
        {
            _rows[trial.Id] = row;
        }
    }

    private LiveTable Render()
    {
        List<Row> all;
        lock (_gate)
        {
            all =
            [
                .. _rows
                    .Values.OrderBy(static row =>
                        row.Took is null ? 0
                        : row.Problem.Length == 0 ? 1
                        : 2
                    )
                    .ThenBy(Rank)
                    .ThenBy(static row => long.Parse(row.Trial.Id, CultureInfo.InvariantCulture)),
            ];
        }

        var best = all.Where(static row => row.Took is not null && row.Problem.Length == 0).MinBy(Rank);
        var table = new LiveTable()
            .Border(TableBorder.Rounded)
            .AddColumns("trial", Markup.Escape(metric.MetricId), "parameters", "time", "");
        table.Caption(
            $"{all.Count(static row => row.Took is not null)} of {trials} trials, {all.Count(static row => row.Took is null)} running, {all.Count(static row => row.Problem.Length > 0)} failed"
        );
        foreach (var row in all.Take(Math.Max(Least, console.Profile.Height - Around)))
        {
            var style =
                row.Took is null ? "blue"
                : row.Problem.Length > 0 ? "grey"
                : row == best ? "bold green"
                : "default";
            var took = row.Took ?? time.GetElapsedTime(row.Started);
            table.AddRow(
                Cell(row.Trial.Id, style),
                Cell(row.Value is { } value ? value.ToString("G6", CultureInfo.InvariantCulture) : "", style),
                Cell(
                    string.Join(' ', TrialTable.Values(row.Trial).Select(static pair => $"{pair.Key}={TrialTable.Short(pair.Value)}")),
                    style
                ),
                Cell(
                    took.TotalSeconds < 100
                        ? $"{took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s"
                        : $"{took.TotalMinutes.ToString("0.0", CultureInfo.InvariantCulture)} min",
                    style
                ),
                Cell(
                    row.Took is null ? "running"
                        : row == best ? "best"
                        : row.Problem,
                    style
                )
            );
        }

        return table;
    }

    /// <summary>What comes first is least.</summary>
    private double Rank(Row row) =>
        row is { Took: not null, Value: { } value } && double.IsFinite(value)
            ? (metric.Goal == MetricSpec.Types.GoalType.Minimize ? value : -value)
            : double.PositiveInfinity;

    private static Markup Cell(string text, string style) =>
        new($"[{style}]{Markup.Escape(string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)))}[/]");

    /// <param name="Took">How long it ran; null while it does.</param>
    private sealed record Row(Trial Trial, long Started, double? Value, TimeSpan? Took, string Problem);
}
