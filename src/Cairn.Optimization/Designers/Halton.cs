using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Designers;

/// <summary>
/// The Halton sequence, each digit of each dimension permuted at random, which keeps its low discrepancy and breaks the correlations
/// between large bases: A. B. Owen, "A randomized Halton algorithm in R", arXiv:1706.02808 (2017).
/// </summary>
internal sealed class Halton
{
    private readonly int[] _bases;
    private readonly byte[][][] _digits;

    public Halton(int dimensions, ulong seed)
    {
        _bases = Primes(dimensions);
        _digits = [.. _bases.Select((b, d) => Permutations(b, new SeededRandom(seed, ~(ulong)d)))];
    }

    /// <summary>Coordinate <paramref name="dimension"/> of point <paramref name="index"/>, in [0, 1).</summary>
    public double At(long index, int dimension)
    {
        var b = _bases[dimension];
        var (value, weight) = (0.0, 1.0);
        foreach (var permutation in _digits[dimension])
        {
            weight /= b;
            value += weight * Digit(permutation, b, (int)(index % b));
            index /= b;
        }

        return Math.Min(value, 1 - (1.0 / (1L << 53)));
    }

    private static int Digit(byte[] permutation, int b, int digit) =>
        b <= 256 ? permutation[digit] : BitConverter.ToUInt16(permutation, 2 * digit);

    private static byte[][] Permutations(int b, SeededRandom random)
    {
        // Digits past the precision of a double no longer count.
        var length = (int)Math.Ceiling(53 / Math.Log2(b));
        var all = new byte[length][];
        for (var i = 0; i < length; i++)
        {
            var order = Enumerable.Range(0, b).ToArray();
            random.Shuffle(order);
            all[i] =
                b <= 256
                    ? [.. order.Select(static digit => (byte)digit)]
                    : [.. order.SelectMany(static digit => BitConverter.GetBytes((ushort)digit))];
        }

        return all;
    }

    private static int[] Primes(int count)
    {
        var primes = new List<int>(count);
        for (var n = 2; primes.Count < count; n++)
        {
            if (primes.TrueForAll(prime => prime * prime > n || n % prime != 0) || primes.Count == 0)
            {
                primes.Add(n);
            }
        }

        return [.. primes];
    }
}
