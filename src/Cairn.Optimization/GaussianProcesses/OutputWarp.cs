using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// Brings objective values to what a Gaussian process models well. Values below the median are replaced by what their rank would be worth
/// under a normal distribution as wide as the upper half, so that disasters do not flatten the rest: the half-rank warping of Song and
/// others, "The Vizier Gaussian Process Bandit Algorithm" (arXiv:2408.11527, 2024), section 3.2. All are then standardised.
/// </summary>
internal static class OutputWarp
{
    /// <param name="values">Finite; more is better.</param>
    /// <returns>Values of mean 0 and deviation 1; all zeros where they do not differ.</returns>
    public static double[] Warp(double[] values)
    {
        if (values.Length == 0)
        {
            return [];
        }

        // Scaled first, so that the squares of the largest doubles stay finite.
        var size = values.Max(Math.Abs);
        var scaled = values.Select(value => size > 0 ? value / size : value).ToArray();
        HalfRank(scaled);
        return Standardise(scaled);
    }

    private static void HalfRank(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var count = order.Length;
        var median = count % 2 == 1 ? values[order[count / 2]] : 0.5 * (values[order[count / 2]] + values[order[(count / 2) - 1]]);
        var spread = Math.Sqrt(
            order.Where(i => values[i] >= median).Select(i => (values[i] - median) * (values[i] - median)).DefaultIfEmpty().Average()
        );
        if (spread <= 0)
        {
            return;
        }

        for (var rank = 0; rank < count; )
        {
            // Equal values have equal ranks: the middle of theirs.
            var end = rank;
            while (end < count && values[order[end]] == values[order[rank]])
            {
                end++;
            }

            var value = values[order[rank]];
            if (value >= median)
            {
                return;
            }

            var quantile = Normal.Quantile((0.5 * (rank + end - 1) + 0.5) / count);
            for (; rank < end; rank++)
            {
                values[order[rank]] = median + (spread * quantile);
            }
        }
    }

    private static double[] Standardise(double[] values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Select(value => (value - mean) * (value - mean)).Average());
        return deviation > 1e-12 * Math.Max(1e-300, Math.Abs(mean))
            ? [.. values.Select(value => (value - mean) / deviation)]
            : new double[values.Length];
    }
}
