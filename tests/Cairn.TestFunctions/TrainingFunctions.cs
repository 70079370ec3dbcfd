using Cairn.Optimization.Spaces;

namespace Cairn.TestFunctions;

/// <summary>Functions shaped as the loss of a training is, in parameters of every kind.</summary>
public static class TrainingFunctions
{
    private static readonly string[] Optimizers = ["sgd", "adam", "rmsprop", "adagrad"];
    private static readonly string[] Activations = ["relu", "tanh", "gelu"];

    /// <summary>
    /// Categories, whole numbers, a list and logarithms, which depend on each other. Least at adam, gelu, 4 layers of 128, lr 1e-3, dropout
    /// 0.2.
    /// </summary>
    public static TestFunction Mixed { get; } =
        new(
            "mixed",
            new SearchSpace([
                new CategoricalParameter("optimizer", Optimizers),
                new CategoricalParameter("activation", Activations),
                new IntegerParameter("layers", 1, 8),
                new DiscreteParameter("width", [16, 32, 64, 128, 256, 512], Scale.Log),
                new DoubleParameter("lr", 1e-5, 1, Scale.Log),
                new DoubleParameter("dropout", 0, 0.8),
            ]),
            0,
            static (point, _) =>
            {
                var (penalty, rate) = point["optimizer"].Text switch
                {
                    "sgd" => (0.4, -1.0),
                    "adam" => (0.0, -3.0),
                    "rmsprop" => (0.2, -3.5),
                    _ => (0.6, -2.0),
                };
                var activation = point["activation"].Text switch
                {
                    "relu" => 0.1,
                    "tanh" => 0.3,
                    _ => 0.0,
                };
                var layers = point["layers"].Number;
                return penalty
                    + activation
                    + (0.4 * Square(Math.Log10(point["lr"].Number) - rate))
                    + (0.08 * Square(layers - 4))
                    + (0.1 * Square(Math.Log2(point["width"].Number) - 7))
                    + (3 * Square(point["dropout"].Number - (0.05 * layers)));
            }
        );

    /// <summary>Three models, each with parameters of its own. Least at the tree of depth 6, eta 0.1, subsample 0.8.</summary>
    public static TestFunction Conditional { get; } =
        new(
            "conditional",
            new SearchSpace([
                new CategoricalParameter("model", ["linear", "tree", "net"])
                {
                    Children =
                    [
                        new ParameterChild(new DoubleParameter("alpha", 1e-6, 10, Scale.Log), ["linear"]),
                        new ParameterChild(new IntegerParameter("depth", 1, 16), ["tree"]),
                        new ParameterChild(new DoubleParameter("eta", 1e-3, 1, Scale.Log), ["tree"]),
                        new ParameterChild(new DoubleParameter("subsample", 0.3, 1), ["tree"]),
                        new ParameterChild(new DoubleParameter("lr", 1e-5, 1, Scale.Log), ["net"]),
                        new ParameterChild(new IntegerParameter("units", 8, 512, Scale.Log), ["net"]),
                        new ParameterChild(new DoubleParameter("dropout", 0, 0.8), ["net"]),
                    ],
                },
            ]),
            0,
            static (point, _) =>
                point["model"].Text switch
                {
                    "linear" => 0.6 + (0.05 * Square(Math.Log10(point["alpha"].Number) + 2)),
                    "tree" => (0.02 * Square(point["depth"].Number - 6))
                        + (0.5 * Square(Math.Log10(point["eta"].Number) + 1))
                        + Square(point["subsample"].Number - 0.8),
                    _ => 0.15
                        + (0.2 * Square(Math.Log10(point["lr"].Number) + 3))
                        + (0.1 * Square(Math.Log2(point["units"].Number) - 7))
                        + Square(point["dropout"].Number - 0.2),
                }
        );

    private static double Square(double x) => x * x;
}
