using Cairn.Optimization.Spaces;

namespace Cairn.TestFunctions;

/// <summary>
/// Continuous functions: Hansen and others, "Real-Parameter Black-Box Optimization Benchmarking" (2009), and Dixon and Szegő (1978).
/// </summary>
public static class Functions
{
    private static readonly double[] HartmannWeights = [1.0, 1.2, 3.0, 3.2];

    private static readonly double[][] HartmannScales =
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ];

    private static readonly double[][] HartmannCentres =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    public static TestFunction Branin { get; } =
        new(
            "branin",
            new SearchSpace([new DoubleParameter("x0", -5, 10), new DoubleParameter("x1", 0, 15)]),
            0.39788735772973816,
            static (point, _) =>
            {
                var (x, y) = (point["x0"].Number, point["x1"].Number);
                var inner = y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6;
                return (inner * inner) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;
            }
        );

    public static TestFunction Hartmann6 { get; } =
        new(
            "hartmann6",
            new SearchSpace(Box(6, 0, 1)),
            -3.322368011415515,
            static (point, _) =>
            {
                var sum = 0.0;
                for (var i = 0; i < 4; i++)
                {
                    var exponent = 0.0;
                    for (var j = 0; j < 6; j++)
                    {
                        var difference = point[$"x{j}"].Number - HartmannCentres[i][j];
                        exponent += HartmannScales[i][j] * difference * difference;
                    }

                    sum -= HartmannWeights[i] * Math.Exp(-exponent);
                }

                return sum;
            }
        );

    public static TestFunction Sphere(int dimensions) =>
        new(
            "sphere",
            new SearchSpace(Box(dimensions, -5, 5)),
            0,
            (point, seed) => Sum(dimensions, i => Square(point[$"x{i}"].Number - (4 * Shift(i, seed))))
        );

    public static TestFunction Rosenbrock(int dimensions) =>
        new(
            "rosenbrock",
            new SearchSpace(Box(dimensions, -3, 3)),
            0,
            (point, seed) =>
            {
                double Z(int i) => point[$"x{i}"].Number - (1.5 * Shift(i, seed)) + 1;
                return Sum(dimensions - 1, i => (100 * Square(Z(i + 1) - Square(Z(i)))) + Square(1 - Z(i)));
            }
        );

    public static TestFunction Rastrigin(int dimensions) =>
        new(
            "rastrigin",
            new SearchSpace(Box(dimensions, -5.12, 5.12)),
            0,
            (point, seed) =>
                Sum(
                    dimensions,
                    i =>
                    {
                        var z = point[$"x{i}"].Number - (3 * Shift(i, seed));
                        return Square(z) - (10 * Math.Cos(2 * Math.PI * z)) + 10;
                    }
                )
        );

    /// <summary>Between -1 and 1, different for each dimension and seed.</summary>
    private static double Shift(int dimension, int seed) => Math.Sin((12.9898 * (dimension + 1)) + (78.233 * (seed + 1)));

    private static double Square(double x) => x * x;

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

    private static DoubleParameter[] Box(int dimensions, double low, double high) =>
        [.. Enumerable.Range(0, dimensions).Select(i => new DoubleParameter($"x{i}", low, high))];
}
