using System.Diagnostics;
using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Tests.Bugs;

/// <summary>A batch of n points cost the fourth power of n: 400 took 34 seconds.</summary>
public sealed class LargeBatchTests
{
    private static readonly SearchSpace Space = new([
        new DoubleParameter("x", -1, 1),
        new DoubleParameter("y", -1, 1),
        new CategoricalParameter("c", ["a", "b"]),
    ]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void a_thousand_points_at_once_are_different_and_keep_apart(int objectives)
    {
        var random = new SeededRandom(1, 1);
        var problem = new Problem(Space, [.. Enumerable.Range(0, objectives).Select(static i => new Metric("m" + i, Goal.Maximize))]);
        var trials = Enumerable.Range(1, 30).Select(id => Trial(id, problem, random)).ToList();
        var started = Stopwatch.GetTimestamp();

        var points = new GaussianProcessBanditDesigner().Suggest(new SuggestRequest(problem, trials, 30, 1_000));

        TestContext.Current.TestOutputHelper!.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
        points.Count.ShouldBe(1_000);
        points.Select(static point => (point["x"].Number, point["y"].Number, point["c"].Text)).Distinct().Count().ShouldBe(1_000);

        // Where the optimum may be, they keep apart from each other: of cells of a hundredth of the range, they fill hundreds.
        points
            .Select(static point => (Math.Round(point["x"].Number * 50), Math.Round(point["y"].Number * 50), point["c"].Text))
            .Distinct()
            .Count()
            .ShouldBeGreaterThan(200);
    }

    [Fact]
    public void a_process_that_grew_point_by_point_believes_what_one_of_all_points_does()
    {
        var features = new Features(Space);
        var random = new SeededRandom(7, 1);
        double[][] points = [.. Enumerable.Range(0, 60).Select(_ => features.Of(Space.Sample(random)))];
        var hyper = new Hyperparameters(1.3, 0.01, [0.4, 0.7, 1]);
        var values = points.Select(static point => point[0] - point[1]).ToList();
        var grown = new GaussianProcess(features, points[..20], [.. values.Take(20)], hyper);
        double[][] candidates = [.. Enumerable.Range(0, 10).Select(_ => features.Of(Space.Sample(random)))];
        for (var i = 20; i < 60; i++)
        {
            var (mean, variance) = grown.Predict(points[i]);
            values[i] = mean - Math.Sqrt(variance);
            // A branch that is given up does no harm to what grows on.
            grown.WithPessimistic(candidates[0], 3);
            grown = grown.WithPessimistic(points[i], 1);
        }

        var whole = new GaussianProcess(features, points, [.. values], hyper);
        foreach (var at in candidates)
        {
            grown.Predict(at).Mean.ShouldBe(whole.Predict(at).Mean, 1e-4);
            grown.Predict(at).Variance.ShouldBe(whole.Predict(at).Variance, 1e-4);
            grown.Mean(at).ShouldBe(grown.Predict(at).Mean, 1e-6);
        }

        // And what is taken from a pool is believed as if it were pending.
        var (rows, means, variances) = grown.PredictMany(candidates, 3);
        var pool = new PoolBelief(grown, candidates, rows, means, variances);
        foreach (var taken in (int[])[3, 1, 4])
        {
            pool.Take(taken, 1);
            grown = grown.WithPessimistic(candidates[taken], 1);
        }

        for (var i = 0; i < candidates.Length; i++)
        {
            pool.Mean(i).ShouldBe(grown.Predict(candidates[i]).Mean, 1e-9);
            pool.Deviation(i).ShouldBe(Math.Sqrt(grown.Predict(candidates[i]).Variance), 1e-6);
        }
    }

    private static Trial Trial(long id, Problem problem, SeededRandom random)
    {
        var point = Space.Decode(Space.Sample(random));
        var value = -Math.Pow(point["x"].Number - 0.3, 2) - Math.Pow(point["y"].Number, 2);
        var values = problem
            .Objectives.Select((metric, i) => (metric.Id, Value: i == 0 ? value : point["x"].Number))
            .ToDictionary(static pair => pair.Id, static pair => pair.Value);
        return new Trial(id, point, TrialState.Completed) { Final = new Measurement(1, TimeSpan.Zero, values) };
    }
}
