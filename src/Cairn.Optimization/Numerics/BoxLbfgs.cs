namespace Cairn.Optimization.Numerics;

/// <summary>
/// Minimises a smooth function in a box: the limited-memory BFGS two-loop recursion (Nocedal and Wright, "Numerical Optimization", 2006,
/// algorithm 7.4) on the coordinates that no bound holds, with a backtracking line search along the projected path.
/// </summary>
internal static class BoxLbfgs
{
    private const int Memory = 8;

    /// <summary>Returns the value at a point and writes the gradient there; a value that is not finite ends a step.</summary>
    public delegate double Function(ReadOnlySpan<double> at, Span<double> gradient);

    /// <summary>Moves <paramref name="x"/> to where the function is lower, and returns its value there.</summary>
    public static double Minimise(Function function, double[] x, double[] low, double[] high, int iterations, double tolerance = 1e-7)
    {
        var n = x.Length;
        var gradient = new double[n];
        var value = function(x, gradient);
        var history = new List<(double[] Step, double[] Change, double Rho)>(Memory);
        var (next, nextGradient, direction) = (new double[n], new double[n], new double[n]);
        for (var iteration = 0; iteration < iterations && double.IsFinite(value); iteration++)
        {
            Direct(history, x, gradient, low, high, direction);
            var slope = Vectors.Dot(direction, gradient);
            if (slope > -1e-16)
            {
                if (history.Count == 0)
                {
                    break;
                }

                history.Clear();
                continue;
            }

            var accepted = false;
            var nextValue = value;
            // The first step has no scale yet: a tenth of the box's usual width.
            var step = history.Count == 0 ? Math.Min(1, 0.1 / Math.Sqrt(Vectors.Dot(direction, direction) / n)) : 1;
            for (var tries = 0; tries < 25 && !accepted; tries++, step *= 0.4)
            {
                for (var i = 0; i < n; i++)
                {
                    next[i] = Math.Clamp(x[i] + (step * direction[i]), low[i], high[i]);
                }

                nextValue = function(next, nextGradient);
                accepted = double.IsFinite(nextValue) && nextValue <= value + (1e-4 * step * slope);
            }

            if (!accepted)
            {
                if (history.Count == 0)
                {
                    break;
                }

                history.Clear();
                continue;
            }

            var gain = value - nextValue;
            Remember(history, x, gradient, next, nextGradient);
            value = nextValue;
            next.CopyTo(x, 0);
            nextGradient.CopyTo(gradient, 0);
            if (gain <= tolerance * Math.Max(1, Math.Abs(value)))
            {
                break;
            }
        }

        return value;
    }

    private static void Remember(
        List<(double[] Step, double[] Change, double Rho)> history,
        double[] x,
        double[] gradient,
        double[] next,
        double[] nextGradient
    )
    {
        var (s, y) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < x.Length; i++)
        {
            (s[i], y[i]) = (next[i] - x[i], nextGradient[i] - gradient[i]);
        }

        var curvature = Vectors.Dot(s, y);
        if (curvature <= 1e-12 * Math.Sqrt(Vectors.Dot(s, s) * Vectors.Dot(y, y)))
        {
            return;
        }

        if (history.Count == Memory)
        {
            history.RemoveAt(0);
        }

        history.Add((s, y, 1 / curvature));
    }

    private static void Direct(
        List<(double[] Step, double[] Change, double Rho)> history,
        double[] x,
        double[] gradient,
        double[] low,
        double[] high,
        double[] direction
    )
    {
        Span<double> weights = stackalloc double[Memory];
        for (var i = 0; i < x.Length; i++)
        {
            direction[i] = Held(i) ? 0 : -gradient[i];
        }

        for (var k = history.Count - 1; k >= 0; k--)
        {
            weights[k] = history[k].Rho * Vectors.Dot(history[k].Step, direction);
            Vectors.AddScaled(direction, -weights[k], history[k].Change);
        }

        if (history.Count > 0)
        {
            var (_, change, rho) = history[^1];
            var scale = 1 / (rho * Vectors.Dot(change, change));
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (var k = 0; k < history.Count; k++)
        {
            Vectors.AddScaled(direction, weights[k] - (history[k].Rho * Vectors.Dot(history[k].Change, direction)), history[k].Step);
        }

        for (var i = 0; i < x.Length; i++)
        {
            if (Held(i))
            {
                direction[i] = 0;
            }
        }

        bool Held(int i) => (x[i] <= low[i] && gradient[i] > 0) || (x[i] >= high[i] && gradient[i] < 0);
    }
}
