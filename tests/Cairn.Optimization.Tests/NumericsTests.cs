using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Tests;

public sealed class NumericsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public void a_factor_solves_and_inverts(int size)
    {
        var random = new SeededRandom(1, (ulong)size);
        var rows = Enumerable.Range(0, size).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextGaussian()).ToArray()).ToArray();
        var matrix = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                matrix[(i * size) + j] = Vectors.Dot(rows[i], rows[j]) + (i == j ? 1 : 0);
            }
        }

        var factor = Cholesky.Factor([.. matrix], size)!;
        var x = Enumerable.Range(0, size).Select(_ => random.NextGaussian()).ToArray();
        var b = Enumerable.Range(0, size).Select(i => Vectors.Dot(matrix.AsSpan(i * size, size), x)).ToArray();
        factor.SolveLower(b);
        factor.SolveUpper(b);
        b.Zip(x).ShouldAllBe(static pair => Math.Abs(pair.First - pair.Second) < 1e-6);
        var inverse = factor.InverseLower();
        double Inverse(int i, int j) => inverse[(Math.Max(i, j) * size) + Math.Min(i, j)];
        Enumerable.Range(0, size).Sum(k => Inverse(0, k) * matrix[(k * size)]).ShouldBe(1, 1e-6);
    }

    [Fact]
    public void a_matrix_that_is_not_positive_definite_has_no_factor() => Cholesky.Factor([1, 0, 2, 1], 2).ShouldBeNull();

    [Fact]
    public void eigenvectors_rebuild_their_matrix()
    {
        double[] matrix = [4, 1, 0.5, 1, 3, 0.2, 0.5, 0.2, 2];
        var values = matrix.ToArray();
        var vectors = SymmetricEigen.Decompose(values, 3);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                Enumerable
                    .Range(0, 3)
                    .Sum(k => vectors[(i * 3) + k] * values[(k * 3) + k] * vectors[(j * 3) + k])
                    .ShouldBe(matrix[(i * 3) + j], 1e-9);
            }
        }
    }

    [Fact]
    public void the_minimiser_finds_rosenbrocks_valley_and_keeps_to_its_box()
    {
        static double Rosenbrock(ReadOnlySpan<double> x, Span<double> gradient)
        {
            var (a, b) = (1 - x[0], x[1] - (x[0] * x[0]));
            gradient[0] = (-2 * a) - (400 * x[0] * b);
            gradient[1] = 200 * b;
            return (a * a) + (100 * b * b);
        }

        double[] free = [-1.2, 1];
        BoxLbfgs.Minimise(Rosenbrock, free, [-5, -5], [5, 5], 200, 1e-14).ShouldBeLessThan(1e-8);
        double[] held = [-1.2, 0.2];
        BoxLbfgs.Minimise(Rosenbrock, held, [-5, -5], [0.5, 5], 200, 1e-14);
        held[0].ShouldBe(0.5, 1e-4);
        held[1].ShouldBe(0.25, 1e-3);
    }

    [Fact]
    public void quantiles_invert_the_normal_distribution()
    {
        foreach (var p in new[] { 1e-6, 0.01, 0.02425, 0.3, 0.5, 0.9, 0.999 })
        {
            Normal.Cumulative(Normal.Quantile(p)).ShouldBe(p, 1e-6 * p);
        }
    }

    [Theory]
    [InlineData(0.5, 0.2, 0.4)]
    [InlineData(0.0, 0.1, 1.0)]
    [InlineData(-3.0, 0.05, 1.0)]
    public void the_improvements_logarithm_has_the_slopes_it_states(double mean, double deviation, double best)
    {
        var (value, byMean, byDeviation) = LogExpectedImprovement.WithSlopes(mean, deviation, best);
        value.ShouldBe(LogExpectedImprovement.At(mean, deviation, best));
        const double step = 1e-5;
        (
            (LogExpectedImprovement.At(mean + step, deviation, best) - LogExpectedImprovement.At(mean - step, deviation, best)) / (2 * step)
        ).ShouldBe(byMean, 1e-3 * Math.Abs(byMean));
        (
            (LogExpectedImprovement.At(mean, deviation + step, best) - LogExpectedImprovement.At(mean, deviation - step, best)) / (2 * step)
        ).ShouldBe(byDeviation, 1e-3 * Math.Abs(byDeviation));
    }

    [Fact]
    public void the_posterior_has_the_gradient_it_states()
    {
        var (features, points, values) = Data(12);
        var posterior = new Posterior(features, points, values, HyperparameterPrior.For(3, Noise.Unknown));
        double[] at = [0.3, -4, -0.5, 0.2, 0.7];
        var (gradient, unused) = (new double[5], new double[5]);
        posterior.Evaluate(at, gradient);
        for (var i = 0; i < at.Length; i++)
        {
            double At(double by)
            {
                var moved = at.ToArray();
                moved[i] += by;
                return posterior.Evaluate(moved, unused);
            }

            ((At(1e-5) - At(-1e-5)) / 2e-5).ShouldBe(gradient[i], 1e-4);
        }
    }

    [Fact]
    public void a_process_goes_through_what_was_measured_and_has_the_gradients_it_states()
    {
        var (features, points, values) = Data(12);
        var process = new GaussianProcess(features, points, values, new Hyperparameters(1, 1e-8, [0.4, 0.6, 1]));
        for (var i = 0; i < points.Length; i++)
        {
            var (mean, variance) = process.Predict(points[i]);
            mean.ShouldBe(values[i], 1e-4);
            variance.ShouldBeLessThan(1e-4);
        }

        double[] at = [0.31, 0.72, 1];
        var (byMean, byVariance) = (new double[3], new double[3]);
        process.Predict(at, byMean, byVariance);
        for (var i = 0; i < 2; i++)
        {
            (double Mean, double Variance) At(double by)
            {
                var moved = at.ToArray();
                moved[i] += by;
                return process.Predict(moved);
            }

            ((At(1e-5).Mean - At(-1e-5).Mean) / 2e-5).ShouldBe(byMean[i], 1e-4);
            ((At(1e-5).Variance - At(-1e-5).Variance) / 2e-5).ShouldBe(byVariance[i], 1e-4);
        }
    }

    [Fact]
    public void warping_keeps_the_order_and_tames_disasters()
    {
        double[] values = [3, 2, 1, 0, -1, -1e9];
        var warped = OutputWarp.Warp(values);
        warped.Zip(warped.Skip(1)).ShouldAllBe(static pair => pair.First > pair.Second);
        warped.Average().ShouldBe(0, 1e-9);
        (warped[0] - warped[3]).ShouldBeGreaterThan(0.5);
        OutputWarp.Warp([5, 5, 5]).ShouldBe([0, 0, 0]);
        OutputWarp.Warp([]).ShouldBeEmpty();
        OutputWarp.Warp([1e308, -1e308, 0]).ShouldAllBe(static value => double.IsFinite(value));
    }

    [Fact]
    public void numbers_repeat_with_their_seed_and_differ_by_stream()
    {
        var first = new SeededRandom(5, 1);
        new SeededRandom(5, 1).NextBits().ShouldBe(first.NextBits());
        new SeededRandom(5, 2).NextBits().ShouldNotBe(new SeededRandom(5, 1).NextBits());
        var random = new SeededRandom(5);
        var sample = Enumerable.Range(0, 20_000).Select(_ => random.NextGaussian()).ToList();
        sample.Average().ShouldBe(0, 0.03);
        sample.Select(static x => x * x).Average().ShouldBe(1, 0.05);
    }

    /// <summary>Two numbers and a category.</summary>
    private static (Features Features, double[][] Points, double[] Values) Data(int count)
    {
        var space = new SearchSpace([
            new DoubleParameter("x", 0, 1),
            new DoubleParameter("y", 0, 1),
            new CategoricalParameter("c", ["a", "b", "c"]),
        ]);
        var features = new Features(space);
        var random = new SeededRandom(3);
        var points = Enumerable.Range(0, count).Select(_ => features.Of(space.Sample(random))).ToArray();
        return (features, points, [.. points.Select(static point => Math.Sin(5 * point[0]) + point[1] + (0.3 * point[2]) - 0.8)]);
    }
}
