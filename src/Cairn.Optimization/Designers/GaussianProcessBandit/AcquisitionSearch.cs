using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// Finds the point of the highest acquisition: samples of the whole space and of the neighbourhoods of the best trials, then rounds of ever
/// smaller mutations of the best of them, which know every kind of parameter, and at last the gradient, where there is one, in the
/// continuous coordinates.
/// </summary>
internal sealed class AcquisitionSearch(
    SuggestRequest request,
    Features features,
    IAcquisition acquisition,
    TrustRegion region,
    Func<double[], bool> taken,
    SeededRandom random
)
{
    private const int Survivors = 6;
    private const double OutsidePenalty = 1e3;

    private static readonly double[] Widths = [0.2, 0.1, 0.05, 0.02, 0.008, 0.002];

    private readonly IReadOnlyList<Spaces.Dimension> _dimensions = request.Space.Dimensions;

    /// <param name="good">Points of the best trials, best first.</param>
    public double[] Find(IReadOnlyList<double[]> good)
    {
        var best = new List<(double[] Point, double Worth)>();
        for (var i = 0; i < 200 + (20 * _dimensions.Count); i++)
        {
            Offer(best, request.Space.Sample(random));
        }

        foreach (var point in good)
        {
            foreach (var width in Widths)
            {
                for (var i = 0; i < 6; i++)
                {
                    Offer(best, Mutate(point, width));
                }
            }
        }

        if (best.Count == 0)
        {
            return Any();
        }

        foreach (var width in Widths)
        {
            foreach (var (point, _) in best.ToArray())
            {
                for (var i = 0; i < 8; i++)
                {
                    Offer(best, Mutate(point, width));
                }
            }
        }

        if (acquisition.HasGradient)
        {
            foreach (var (point, _) in best.ToArray())
            {
                Offer(best, Climb(point));
            }
        }

        return best[0].Point;
    }

    /// <summary>
    /// Different points that are free: of the whole space, and of the neighbourhoods of the best trials. There are fewer where the space is
    /// almost used up.
    /// </summary>
    /// <param name="good">Points of the best trials, best first.</param>
    /// <param name="count">How many are wanted.</param>
    public List<double[]> Candidates(IReadOnlyList<double[]> good, int count)
    {
        var found = new HashSet<double[]>(new PointComparer());
        for (var i = 0; i < 4 * count && found.Count < count; i++)
        {
            var point =
                good.Count == 0 || i % 2 == 0
                    ? request.Space.Sample(random)
                    : Mutate(good[i / 2 % good.Count], Widths[i / 2 / good.Count % 4]);
            request.Pin(point);
            if (!taken(point))
            {
                found.Add(point);
            }
        }

        return [.. found];
    }

    /// <summary>What a point loses for being outside the trust region.</summary>
    public double Penalty(ReadOnlySpan<double> at) => OutsidePenalty * region.Outside(at);

    /// <summary>Where everything that was looked at is taken: any other point, or, in a space that is used up, a repetition.</summary>
    private double[] Any()
    {
        double[] point;
        var tries = 0;
        do
        {
            point = request.Space.Sample(random);
            request.Pin(point);
        } while (taken(point) && ++tries < 1_000);
        return point;
    }

    private void Offer(List<(double[] Point, double Worth)> best, double[] point)
    {
        request.Pin(point);
        var at = features.Of(point);
        var worth = acquisition.Value(at) - Penalty(at);
        if (
            double.IsNaN(worth)
            || (best.Count == Survivors && worth <= best[^1].Worth)
            || taken(point)
            || best.Exists(other => other.Point.AsSpan().SequenceEqual(point))
        )
        {
            return;
        }

        var place = best.FindIndex(other => worth > other.Worth);
        best.Insert(place < 0 ? best.Count : place, (point, worth));
        if (best.Count > Survivors)
        {
            best.RemoveAt(Survivors);
        }
    }

    private double[] Mutate(double[] parent, double width)
    {
        var point = parent.ToArray();
        // About two coordinates, or all of them: along the axes, and across.
        var share = random.Next(2) == 0 ? 1 : Math.Min(1, 2.0 / _dimensions.Count);
        foreach (var dimension in _dimensions)
        {
            ref var at = ref point[dimension.Index];
            if (double.IsNaN(at) || random.NextDouble() >= share)
            {
                continue;
            }

            if (dimension.IsCategorical)
            {
                at = random.NextDouble() < 0.3 ? dimension.Parameter.ToUnit(dimension.Parameter.FromQuantile(random.NextDouble())) : at;
            }
            else if (dimension.IsContinuous)
            {
                at = Math.Clamp(at + (width * random.NextGaussian()), 0, 1);
            }
            else
            {
                Step(dimension, ref at, width);
            }
        }

        request.Space.Snap(point);
        return point;
    }

    /// <summary>At least to the neighbouring value, where the width would not reach it.</summary>
    private void Step(Spaces.Dimension dimension, ref double at, double width)
    {
        var cell = 1.0 / dimension.Parameter.Count!.Value;
        at = Math.Clamp(at + (Math.Max(width, cell) * random.NextGaussian()), 0, 1);
    }

    private double[] Climb(double[] start)
    {
        var at = features.Of(start);
        var (low, high) = (at.ToArray(), at.ToArray());
        foreach (var dimension in _dimensions)
        {
            if (dimension.IsContinuous && !double.IsNaN(start[dimension.Index]) && !request.Pinned.ContainsKey(dimension.Parameter.Id))
            {
                (low[dimension.Index], high[dimension.Index]) = (0, 1);
            }
        }

        BoxLbfgs.Minimise(
            (x, gradient) =>
            {
                if (region.Outside(x) > 0)
                {
                    return double.PositiveInfinity;
                }

                var value = acquisition.Value(x, gradient);
                foreach (ref var slope in gradient)
                {
                    slope = -slope;
                }

                return -value;
            },
            at,
            low,
            high,
            iterations: 40
        );

        var point = start.ToArray();
        foreach (var dimension in _dimensions)
        {
            if (dimension.IsContinuous && !double.IsNaN(start[dimension.Index]))
            {
                point[dimension.Index] = at[dimension.Index];
            }
        }

        request.Space.Snap(point);
        return point;
    }
}
