using Cairn.Optimization.Designers;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.TestFunctions;

/// <summary>A function to minimise, whose minimum is known.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Space">Where it is defined.</param>
/// <param name="Minimum">Its least value.</param>
/// <param name="Value">Its value at a point; the second argument moves the optimum of the functions that would else have it at the
/// centre.</param>
public sealed record TestFunction(
    string Name,
    SearchSpace Space,
    double Minimum,
    Func<IReadOnlyDictionary<string, ParameterValue>, int, double> Value
)
{
    /// <summary>A random point.</summary>
    public IReadOnlyDictionary<string, ParameterValue> Sample(Random random) =>
        new RandomDesigner().Suggest(
            new SuggestRequest(new Problem(Space, [new Metric("loss", Goal.Minimize)]) { Seed = (ulong)random.NextInt64() }, [], 0, 1)
        )[0];
}
