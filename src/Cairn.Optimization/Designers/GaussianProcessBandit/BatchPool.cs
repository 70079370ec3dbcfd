namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>The rest of a large batch: of a pool of points the best one after the other, each aware of those before it.</summary>
/// <param name="beliefs">One an objective.</param>
/// <param name="worth">What a point is worth, given the beliefs as they are.</param>
/// <param name="count">The points of the pool.</param>
/// <param name="pessimism">How many deviations below what is expected pending points are taken to be.</param>
internal sealed class BatchPool(IReadOnlyList<PoolBelief> beliefs, Func<int, double> worth, int count, double pessimism)
{
    private readonly bool[] _taken = new bool[count];

    /// <summary>Takes the best that is left.</summary>
    public int Take()
    {
        var (best, most) = (-1, double.NegativeInfinity);
        for (var i = 0; i < count; i++)
        {
            if (_taken[i])
            {
                continue;
            }

            var value = worth(i);
            if (best < 0 || value > most)
            {
                (best, most) = (i, value);
            }
        }

        _taken[best] = true;
        foreach (var belief in beliefs)
        {
            belief.Take(best, pessimism);
        }

        return best;
    }
}
