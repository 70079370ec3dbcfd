using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Search;

namespace Cairn.Tracking.Tests.Runs;

/// <summary>Searches of runs against a search that looks at every run, while runs are logged to, change, move and go.</summary>
public abstract class RunSearchConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private const int Seeds = 3;
    private static readonly string[] Metrics = ["a", "b", "c"];
    private static readonly string[] Comparisons = ["=", "!=", "<", "<=", ">", ">="];

    private readonly Dictionary<string, Known> _all = [];
    private RunsHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunsHost.StartAsync(fixture);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_search_finds_what_looking_at_every_run_finds_in_the_same_order()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            _all.Clear();
            var random = new Random(seed);
            var experiments = new List<Experiment> { await _host.Experiment($"one-{seed}"), await _host.Experiment($"two-{seed}") };
            for (var i = 0; i < 400; i++)
            {
                await CreateAsync(random, experiments[random.Next(2)], $"r{i}");
            }

            for (var round = 0; round < 3; round++)
            {
                await CheckAsync(random, experiments, $"seed {seed}, round {round}");
                for (var i = 0; i < 60; i++)
                {
                    await ChangeAsync(random, experiments, _all.Values.ElementAt(random.Next(_all.Count)));
                }
            }

            // As a store is after it was brought up to date from one that had no columns.
            await _host.Write(static session =>
                session.Execute("DELETE FROM run_columns") + session.Execute("UPDATE metric_logs SET indexed = -1 WHERE seq > 0")
            );
            await CheckAsync(random, experiments, $"seed {seed}, columns written anew");
        }
    }

    private async Task CreateAsync(Random random, Experiment experiment, string name)
    {
        var run = await _host.Run(experiment, name, 1_000 + random.Next(40));
        var known = _all[name] = new Known { Run = run };
        await _host.Write(session =>
        {
            RunFields.SetParam(session, run, new Param("kind", known.Kind = random.Next(10) == 0 ? "rare" : "common"));
            return true;
        });
        await LogAsync(random, known);
    }

    private async Task LogAsync(Random random, Known known)
    {
        known.Step++;
        foreach (var metric in Metrics)
        {
            var value = random.Next(10) switch
            {
                0 => double.NaN,
                1 => random.Next(2) == 0 ? double.NegativeInfinity : double.PositiveInfinity,
                2 or 3 => double.MinValue,
                var digit => (digit - 5) * 0.25,
            };
            if (value != double.MinValue)
            {
                known.Values[metric] = value;
                await _host.Log(known.Run, metric, (known.Step, value));
            }
        }
    }

    private async Task ChangeAsync(Random random, List<Experiment> experiments, Known known)
    {
        switch (random.Next(6))
        {
            case 0:
                known.Run = await _host.Write(session =>
                    _host.Runs.Update(session, known.Run, known.Run with { Started = 1_000 + random.Next(40) })
                );
                break;
            case 1:
                known.Run = await _host.Write(session => _host.Runs.Move(session, known.Run, experiments[random.Next(2)]));
                break;
            case 2:
                known.Run = await _host.Write(session =>
                    _host.Runs.SetStage(session, known.Run, known.Run.Stage == Lifecycle.Active ? Lifecycle.Deleted : Lifecycle.Active)
                );
                break;
            case 3:
                _all.Remove(known.Run.Name);
                await _host.Write(session =>
                {
                    _host.Runs.Remove(session, known.Run);
                    return true;
                });
                break;
            default:
                if (known.Run.Stage == Lifecycle.Active)
                {
                    await LogAsync(random, known);
                }

                break;
        }
    }

    private async Task CheckAsync(Random random, List<Experiment> experiments, string when)
    {
        for (var i = 0; i < 25; i++)
        {
            var within = random.Next(3) == 0 ? experiments : [experiments[random.Next(2)]];
            var conditions = new List<(string Text, Func<Known, bool> Passes)>();
            for (var n = random.Next(3); n > 0; n--)
            {
                conditions.Add(Comparison(random));
            }

            if (random.Next(3) == 0)
            {
                conditions.Add(("params.kind = 'rare'", static known => known.Kind == "rare"));
            }

            var (order, comparer) = Order(random);
            var filter = string.Join(" and ", conditions.Select(static condition => condition.Text));
            var expected = _all
                .Values.Where(known =>
                    known.Run.Stage == Lifecycle.Active
                    && within.Any(experiment => experiment.Id == known.Run.Experiment)
                    && conditions.All(condition => condition.Passes(known))
                )
                .Order(comparer)
                .Select(static known => known.Run.Name);
            var size = (int[])[1_000, 37, 150];
            (await FindAsync(within, filter, order, size[random.Next(size.Length)])).ShouldBe(
                expected,
                $"{when}: '{filter}' by '{string.Join(", ", order)}'"
            );
        }
    }

    private static (string Text, Func<Known, bool> Passes) Comparison(Random random)
    {
        var (metric, sign, number) = (Metrics[random.Next(3)], Comparisons[random.Next(6)], (random.Next(9) - 4) * 0.25);
        return (
            $"metrics.{metric} {sign} {number.ToString(CultureInfo.InvariantCulture)}",
            known =>
                known.Values.TryGetValue(metric, out var value)
                && sign switch
                {
                    "=" => value == number,
                    "!=" => value != number,
                    "<" => value < number,
                    "<=" => value <= number,
                    ">" => value > number,
                    _ => value >= number,
                }
        );
    }

    private static (string[] Text, Comparer<Known> Comparer) Order(Random random)
    {
        var entries = new List<(string Text, Comparison<Known> Compare)>();
        for (var n = random.Next(3); n > 0; n--)
        {
            var sign = random.Next(2) == 0 ? 1 : -1;
            var suffix =
                sign < 0 ? " DESC"
                : random.Next(2) == 0 ? " ASC"
                : "";
            var metric = Metrics[random.Next(3)];
            entries.Add(
                random.Next(4) switch
                {
                    0 => ("start_time" + suffix, (x, y) => sign * x.Run.Started.CompareTo(y.Run.Started)),
                    1 => ("run_name" + suffix, (x, y) => sign * string.CompareOrdinal(x.Run.Name, y.Run.Name)),
                    _ => (
                        $"metrics.{metric}{suffix}",
                        (x, y) =>
                        {
                            var (left, right) = (Place(x), Place(y));
                            return left.Kind != right.Kind ? left.Kind.CompareTo(right.Kind) : sign * left.Value.CompareTo(right.Value);
                        }
                    ),
                }
            );

            (int Kind, double Value) Place(Known known) =>
                !known.Values.TryGetValue(metric, out var value) ? (2, 0)
                : double.IsNaN(value) ? (1, 0)
                : (0, value);
        }

        var text = entries.Select(static entry => entry.Text).ToArray();
        entries.Add(("", static (x, y) => y.Run.Started.CompareTo(x.Run.Started)));
        entries.Add(("", static (x, y) => string.CompareOrdinal(x.Run.Uuid, y.Run.Uuid)));
        return (
            text,
            Comparer<Known>.Create((x, y) => entries.Select(entry => entry.Compare(x, y)).FirstOrDefault(static result => result != 0))
        );
    }

    private async Task<List<string>> FindAsync(List<Experiment> experiments, string filter, string[] order, int pageSize)
    {
        var names = new List<string>();
        var token = "";
        do
        {
            var page = await _host
                .Get<RunSearch>()
                .SearchAsync(
                    new RunQuery([.. experiments.Select(static experiment => experiment.Id)])
                    {
                        Filter = filter,
                        OrderBy = order,
                        PageSize = pageSize,
                        PageToken = token,
                    }
                );
            page.Runs.Count.ShouldBeLessThanOrEqualTo(pageSize);
            names.AddRange(page.Runs.Select(static run => run.Name));
            token = page.NextPageToken;
        } while (token.Length > 0);
        return names;
    }

    /// <summary>What a run is expected to be.</summary>
    private sealed class Known
    {
        public required Run Run { get; set; }

        public string Kind { get; set; } = "";

        public long Step { get; set; }

        public Dictionary<string, double> Values { get; } = [];
    }
}

public sealed class RunSearchOnSqlite(SqliteFixture fixture) : RunSearchConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class RunSearchOnPostgreSql(PostgresFixture fixture) : RunSearchConformance(fixture), IClassFixture<PostgresFixture>;
