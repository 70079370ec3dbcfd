using Cairn.Optimization.Designers;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.TestFunctions;

/// <summary>A study of a test function from its first trial to its last.</summary>
public static class Run
{
    private static readonly Metric Loss = new("loss", Goal.Minimize);

    /// <summary>
    /// Ends early with a space that is used up. Asks and tells one at a time (or <paramref name="batch"/> at a time); returns how far the
    /// best value is above the minimum.
    /// </summary>
    public static double Regret(IDesigner designer, TestFunction function, int seed, int trials, int batch = 1) =>
        Trials(designer, function, seed, trials, batch).Min(static trial => trial.Final!.Values["loss"]) - function.Minimum;

    public static List<Trial> Trials(IDesigner designer, TestFunction function, int seed, int trials, int batch = 1)
    {
        var problem = new Problem(function.Space, [Loss]) { Seed = (ulong)seed };
        var done = new List<Trial>();
        while (done.Count < trials)
        {
            var points = designer.Suggest(new SuggestRequest(problem, [.. done], done.Count, Math.Min(batch, trials - done.Count)));
            if (points.Count == 0)
            {
                break;
            }

            foreach (var point in points)
            {
                done.Add(Completed(done.Count + 1, point, function.Value(point, seed)));
            }
        }

        return done;
    }

    public static Trial Completed(long id, IReadOnlyDictionary<string, ParameterValue> point, double loss) =>
        new(id, point, TrialState.Completed)
        {
            Final = new Measurement(0, TimeSpan.Zero, new Dictionary<string, double> { ["loss"] = loss }),
        };
}
