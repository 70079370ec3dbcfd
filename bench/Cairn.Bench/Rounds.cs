using System.Globalization;

namespace Cairn.Bench;

/// <summary>Both sides in alternation, so that a machine that slows down slows both; the median of the rounds' ratios counts.</summary>
internal static class Rounds
{
    public const int Count = 5;

    /// <summary>Runs both once for warmth and then <see cref="Count"/> times each; both return a figure in the same unit.</summary>
    public static async Task<(double Ours, double Peer, double Ratio)> CompareAsync(
        Func<Task<double>> ours,
        Func<Task<double>> peer,
        int rounds = Count
    )
    {
        await ours();
        await peer();
        var figures = new List<(double Ours, double Peer)>();
        for (var i = 0; i < rounds; i++)
        {
            figures.Add((await ours(), await peer()));
        }

        return (
            Median(figures.Select(static f => f.Ours)),
            Median(figures.Select(static f => f.Peer)),
            Median(figures.Select(static f => f.Ours / f.Peer))
        );
    }

    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    public static string Number(double value, string unit) =>
        value.ToString(value >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture) + unit;
}
