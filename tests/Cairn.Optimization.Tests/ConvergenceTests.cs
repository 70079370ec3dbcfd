using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.CmaEs;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Designers.Tpe;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;
using Cairn.TestFunctions;

namespace Cairn.Optimization.Tests;

/// <summary>
/// Whether algorithms find better points, as sign tests: were an algorithm no better than random, winning 9 or 10 of 10 pairs would have a
/// probability of 1.1 %, and 8 or more 5.5 %. Everything is seeded: a result changes only with the code.
/// </summary>
public sealed class ConvergenceTests
{
    private const int Pairs = 10;

    public static TheoryData<string> FunctionNames => [.. Catalog.Keys];

    private static Dictionary<string, (TestFunction Function, int Trials)> Catalog { get; } =
        new()
        {
            ["sphere5"] = (Functions.Sphere(5), 25),
            ["rosenbrock4"] = (Functions.Rosenbrock(4), 30),
            ["rastrigin5"] = (Functions.Rastrigin(5), 60),
            ["branin"] = (Functions.Branin, 20),
            ["hartmann6"] = (Functions.Hartmann6, 35),
            ["mixed"] = (TrainingFunctions.Mixed, 30),
            ["conditional"] = (TrainingFunctions.Conditional, 30),
            ["sphere50"] = (Functions.Sphere(50), 20),
        };

    [Theory]
    [MemberData(nameof(FunctionNames))]
    public void the_bandit_beats_random_in_nine_of_ten_pairs(string function) =>
        Wins(new GaussianProcessBanditDesigner(), function).ShouldBeGreaterThanOrEqualTo(9);

    [Theory]
    [InlineData("sphere5")]
    [InlineData("hartmann6")]
    [InlineData("mixed")]
    [InlineData("conditional")]
    public void tpe_beats_random_in_eight_of_ten_pairs(string function) =>
        Wins(new TpeDesigner(), function, times: 3).ShouldBeGreaterThanOrEqualTo(8);

    [Theory]
    [InlineData("sphere5")]
    [InlineData("rosenbrock4")]
    [InlineData("sphere50")]
    public void cma_es_beats_random_in_nine_of_ten_pairs(string function) =>
        Wins(new CmaEsDesigner(), function, times: 5).ShouldBeGreaterThanOrEqualTo(9);

    [Fact]
    public void a_sequence_covers_more_evenly_than_random_does()
    {
        // The mean distance from any point to the nearest of 64, in 3 dimensions.
        var space = Functions.Sphere(3).Space;
        double Dispersion(IDesigner designer, int seed)
        {
            var problem = new Problem(space, [new Metric("loss", Goal.Minimize)]) { Seed = (ulong)seed };
            var points = designer.Suggest(new SuggestRequest(problem, [], 0, 64)).Select(space.Encode).ToList();
            var random = new Numerics.SeededRandom(9);
            return Enumerable
                .Range(0, 500)
                .Select(_ => space.Sample(random))
                .Average(at => points.Min(point => point.Zip(at).Sum(static pair => Math.Pow(pair.First - pair.Second, 2))));
        }

        Enumerable
            .Range(1, Pairs)
            .Count(seed => Dispersion(new QuasiRandomDesigner(), seed) < Dispersion(new RandomDesigner(), seed))
            .ShouldBeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public void branins_minimum_is_found_to_a_hundredth_in_thirty_trials() =>
        Enumerable
            .Range(1, 5)
            .Count(static seed => Run.Regret(new GaussianProcessBanditDesigner(), Functions.Branin, seed, trials: 30) < 0.01)
            .ShouldBe(5);

    [Fact]
    public void hartmanns_minimum_is_found_to_a_fifth_in_sixty_trials() =>
        Enumerable
            .Range(1, 5)
            .Count(static seed => Run.Regret(new GaussianProcessBanditDesigner(), Functions.Hartmann6, seed, trials: 60) < 0.2)
            .ShouldBeGreaterThanOrEqualTo(4);

    [Fact]
    public void batches_of_five_still_find_branins_minimum() =>
        Enumerable
            .Range(1, 5)
            .Count(static seed => Run.Regret(new GaussianProcessBanditDesigner(), Functions.Branin, seed, trials: 50, batch: 5) < 0.05)
            .ShouldBeGreaterThanOrEqualTo(4);

    [Fact]
    public void the_best_feasible_point_is_found_beside_an_infeasible_region()
    {
        // The unconstrained minimum lies where nothing can be measured; the best that can be has x = 0.
        var space = new SearchSpace([new DoubleParameter("x", -5, 5), new DoubleParameter("y", -5, 5)]);
        var problem = new Problem(space, [new Metric("loss", Goal.Minimize)]) { Seed = 3 };
        var trials = new List<Trial>();
        while (trials.Count < 40)
        {
            var point = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, [.. trials], trials.Count, 1))[0];
            var (x, y) = (point["x"].Number, point["y"].Number);
            trials.Add(
                x > 0
                    ? new Trial(trials.Count + 1, point, TrialState.Infeasible)
                    : Run.Completed(trials.Count + 1, point, Math.Pow(x - 2, 2) + Math.Pow(y - 1, 2))
            );
        }

        trials.Where(static trial => trial.Final is not null).Min(static trial => trial.Final!.Values["loss"]).ShouldBeLessThan(4.2);
    }

    [Fact]
    public void noise_does_not_hide_the_optimum()
    {
        var near = 0;
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Numerics.SeededRandom((ulong)seed);
            var space = Functions.Sphere(3).Space;
            var problem = new Problem(space, [new Metric("loss", Goal.Minimize)]) { Seed = (ulong)seed, Noise = Noise.High };
            var trials = new List<Trial>();
            while (trials.Count < 40)
            {
                var point = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, [.. trials], trials.Count, 1))[0];
                trials.Add(Run.Completed(trials.Count + 1, point, Functions.Sphere(3).Value(point, seed) + (5 * random.NextGaussian())));
            }

            // Where it mostly looks at the end, without the noise; a random point is at 40 on average.
            near +=
                trials.TakeLast(10).Select(trial => Functions.Sphere(3).Value(trial.Parameters, seed)).Order().ElementAt(5) < 10 ? 1 : 0;
        }

        near.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public void a_predecessor_shortens_the_search()
    {
        var wins = 0;
        for (var seed = 1; seed <= Pairs; seed++)
        {
            var earlier = Run.Trials(new QuasiRandomDesigner(), Functions.Hartmann6, seed + 100, trials: 60);
            double Best(bool transfer)
            {
                var problem = new Problem(Functions.Hartmann6.Space, [new Metric("loss", Goal.Minimize)])
                {
                    Seed = (ulong)seed,
                    Predecessors = transfer ? [earlier] : [],
                };
                var trials = new List<Trial>();
                while (trials.Count < 8)
                {
                    var point = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, [.. trials], trials.Count, 1))[0];
                    trials.Add(Run.Completed(trials.Count + 1, point, Functions.Hartmann6.Value(point, seed)));
                }

                return trials.Min(static trial => trial.Final!.Values["loss"]);
            }

            wins += Best(transfer: true) < Best(transfer: false) ? 1 : 0;
        }

        wins.ShouldBeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public void a_safety_bound_is_kept_more_often_than_without_it()
    {
        // The loss falls with x; beyond 0 it is not safe.
        var space = new SearchSpace([new DoubleParameter("x", -5, 5), new DoubleParameter("y", -5, 5)]);
        int Unsafe(double? fraction)
        {
            var risk = new Metric("risk", Goal.Minimize) { Safety = new SafetyBound(0, fraction) };
            var problem = new Problem(
                space,
                fraction is null ? [new Metric("loss", Goal.Minimize)] : [new Metric("loss", Goal.Minimize), risk]
            )
            {
                Seed = 3,
            };
            var trials = new List<Trial>();
            while (trials.Count < 30)
            {
                var point = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, [.. trials], trials.Count, 1))[0];
                var (x, y) = (point["x"].Number, point["y"].Number);
                var values = new Dictionary<string, double> { ["loss"] = Math.Pow(x - 3, 2) + Math.Pow(y - 1, 2), ["risk"] = x };
                trials.Add(new Trial(trials.Count + 1, point, TrialState.Completed) { Final = new Measurement(0, TimeSpan.Zero, values) });
            }

            return trials.Count(static trial => trial.Parameters["x"].Number > 0);
        }

        Unsafe(1.0).ShouldBeLessThanOrEqualTo(8);
        Unsafe(null).ShouldBeGreaterThan(15);
    }

    private static int Wins(IDesigner designer, string name, int times = 1)
    {
        var (function, trials) = Catalog[name];
        var wins = 0;
        Parallel.For(
            1,
            Pairs + 1,
            seed =>
            {
                if (
                    Run.Regret(designer, function, seed, trials * times)
                    < Run.Regret(new RandomDesigner(), function, seed + 1000, trials * times)
                )
                {
                    Interlocked.Increment(ref wins);
                }
            }
        );
        return wins;
    }
}
