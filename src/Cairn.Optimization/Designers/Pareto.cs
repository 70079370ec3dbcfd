namespace Cairn.Optimization.Designers;

/// <summary>Comparisons of objective vectors, in all of which more is better.</summary>
public static class Pareto
{
    /// <summary>Whether <paramref name="left"/> is nowhere worse and somewhere better.</summary>
    public static bool Dominates(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var better = false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] < right[i])
            {
                return false;
            }

            better |= left[i] > right[i];
        }

        return better;
    }

    /// <summary>Indices of the vectors that no other dominates.</summary>
    public static List<int> Front(IReadOnlyList<double[]> values)
    {
        // By the first objective, best first: what dominates a vector comes before it, and one of the front so far does too.
        var front = new List<int>();
        foreach (var i in Enumerable.Range(0, values.Count).OrderByDescending(i => values[i], Lexicographic.Instance))
        {
            if (!front.Exists(other => Dominates(values[other], values[i])))
            {
                front.Add(i);
            }
        }

        return front;
    }

    /// <summary>Fronts one under the other: the first is dominated by none, the second only by the first, …</summary>
    public static List<List<int>> Layers(IReadOnlyList<double[]> values)
    {
        var layers = new List<List<int>>();
        var rest = Enumerable.Range(0, values.Count).ToList();
        while (rest.Count > 0)
        {
            var front = Front([.. rest.Select(i => values[i])]).ConvertAll(i => rest[i]);
            layers.Add(front);
            rest = [.. rest.Except(front)];
        }

        return layers;
    }

    private sealed class Lexicographic : IComparer<double[]>
    {
        public static Lexicographic Instance { get; } = new();

        public int Compare(double[]? x, double[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
