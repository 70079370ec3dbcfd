using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Optimization.Numerics;

/// <summary>The two loops that everything here spends its time in.</summary>
internal static class Vectors
{
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        right = right[..left.Length];
        var a = MemoryMarshal.Cast<double, Vector<double>>(left);
        var b = MemoryMarshal.Cast<double, Vector<double>>(right);
        var (sum0, sum1) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i + 1 < a.Length; i += 2)
        {
            sum0 += a[i] * b[i];
            sum1 += a[i + 1] * b[i + 1];
        }

        if (i < a.Length)
        {
            sum0 += a[i] * b[i];
        }

        var sum = Vector.Sum(sum0 + sum1);
        for (i = a.Length * Vector<double>.Count; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    /// <summary><paramref name="to"/> += <paramref name="factor"/> · <paramref name="from"/>.</summary>
    public static void AddScaled(Span<double> to, double factor, ReadOnlySpan<double> from)
    {
        from = from[..to.Length];
        var a = MemoryMarshal.Cast<double, Vector<double>>(to);
        var b = MemoryMarshal.Cast<double, Vector<double>>(from);
        var by = new Vector<double>(factor);
        for (var j = 0; j < a.Length; j++)
        {
            a[j] += by * b[j];
        }

        for (var j = a.Length * Vector<double>.Count; j < to.Length; j++)
        {
            to[j] += factor * from[j];
        }
    }
}
