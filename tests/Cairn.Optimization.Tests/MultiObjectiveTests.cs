using Cairn.Optimization.AskTell;
using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.Designers.Nsga2;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Tests;

public sealed class MultiObjectiveTests
{
    // ZDT1 of Zitzler, Deb and Thiele (2000): minimise both; the front is f2 = 1 - √f1, whose dominated area under the reference (1, 10) is
    // 10 - 1/3.
    private static readonly SearchSpace Space = new([.. Enumerable.Range(0, 4).Select(static i => new DoubleParameter($"x{i}", 0, 1))]);

    private static readonly Metric[] Metrics = [new("f1", Goal.Minimize), new("f2", Goal.Minimize)];

    [Fact]
    public void fronts_hold_what_nothing_dominates()
    {
        double[][] values =
        [
            [1, 5],
            [2, 4],
            [2, 4],
            [1, 4],
            [3, 1],
            [0, 6],
            [0, 0],
        ];
        Pareto.Front(values).ShouldBe([0, 1, 2, 4, 5], ignoreOrder: true);
    }

    [Fact]
    public void layers_hold_every_vector_once()
    {
        double[][] values =
        [
            [1, 5],
            [2, 4],
            [1, 4],
            [3, 1],
            [0, 0],
            [0, 0],
        ];
        var layers = Pareto.Layers(values);
        layers.SelectMany(static layer => layer).Order().ShouldBe(Enumerable.Range(0, 6));
        layers[0].ShouldBe([0, 1, 3], ignoreOrder: true);
    }

    [Fact]
    public void the_bandit_covers_more_than_random_in_nine_of_ten_pairs() =>
        Wins(new GaussianProcessBanditDesigner(), 25).ShouldBeGreaterThanOrEqualTo(9);

    [Fact]
    public void nsga2_covers_more_than_random_in_nine_of_ten_pairs() => Wins(new Nsga2Designer(), 250).ShouldBeGreaterThanOrEqualTo(9);

    private static int Wins(IDesigner designer, int trials)
    {
        var wins = 0;
        Parallel.For(
            1,
            11,
            seed =>
            {
                if (Area(designer, seed, trials) > Area(new RandomDesigner(), seed + 1000, trials))
                {
                    Interlocked.Increment(ref wins);
                }
            }
        );
        return wins;
    }

    private static double Area(IDesigner designer, int seed, int trials)
    {
        var optimizer = new Optimizer(new Problem(Space, Metrics) { Seed = (ulong)seed }, designer);
        for (var i = 0; i < trials; i++)
        {
            var trial = optimizer.Ask()[0];
            var x = Enumerable.Range(0, 4).Select(d => trial.Parameters[$"x{d}"].Number).ToArray();
            var g = 1 + (9 * x.Skip(1).Sum() / 3);
            optimizer.Tell(trial, new Dictionary<string, double> { ["f1"] = x[0], ["f2"] = g * (1 - Math.Sqrt(x[0] / g)) });
        }

        var (area, height) = (0.0, 10.0);
        foreach (
            var (f1, f2) in optimizer
                .Best.Select(static trial => (trial.Final!.Values["f1"], trial.Final!.Values["f2"]))
                .OrderBy(static pair => pair.Item1)
        )
        {
            area += (1 - f1) * Math.Max(0, height - f2);
            height = Math.Min(height, f2);
        }

        return area;
    }
}
