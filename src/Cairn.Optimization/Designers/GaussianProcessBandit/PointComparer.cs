namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>Points are the same where no coordinate differs by what a parameter's value would show.</summary>
internal sealed class PointComparer : IEqualityComparer<double[]>
{
    public bool Equals(double[]? x, double[]? y) => x!.Length == y!.Length && !x.Where((value, i) => Rounded(value) != Rounded(y[i])).Any();

    public int GetHashCode(double[] point)
    {
        var hash = default(HashCode);
        foreach (var value in point)
        {
            hash.Add(Rounded(value));
        }

        return hash.ToHashCode();
    }

    private static long Rounded(double value) => double.IsNaN(value) ? long.MinValue : (long)Math.Round(value * 1e9);
}
