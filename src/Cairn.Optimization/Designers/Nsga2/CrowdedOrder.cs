namespace Cairn.Optimization.Designers.Nsga2;

/// <summary>
/// The crowded comparison of Deb and others (2002), section III-B: by layer, then by the distance to the neighbours in each objective.
/// </summary>
internal static class CrowdedOrder
{
    /// <summary>Indices of the best, best first.</summary>
    public static List<int> Best(List<double[]> values, int count)
    {
        var best = new List<int>();
        foreach (var layer in Pareto.Layers(values))
        {
            var distances = Distances(layer.ConvertAll(i => values[i]));
            best.AddRange(Enumerable.Range(0, layer.Count).OrderByDescending(i => distances[i]).Select(i => layer[i]));
            if (best.Count >= count)
            {
                break;
            }
        }

        return best.Count > count ? best[..count] : best;
    }

    private static double[] Distances(List<double[]> layer)
    {
        var distances = new double[layer.Count];
        for (var objective = 0; objective < layer[0].Length; objective++)
        {
            var order = Enumerable.Range(0, layer.Count).OrderBy(i => layer[i][objective]).ToArray();
            var range = layer[order[^1]][objective] - layer[order[0]][objective];
            distances[order[0]] = distances[order[^1]] = double.PositiveInfinity;
            for (var i = 1; i < order.Length - 1 && range > 0; i++)
            {
                distances[order[i]] += (layer[order[i + 1]][objective] - layer[order[i - 1]][objective]) / range;
            }
        }

        return distances;
    }
}
