namespace Cairn.Optimization.Numerics;

/// <summary>
/// The lower triangle L with L·Lᵀ = A, by rows. A row's products are of contiguous numbers, so that they run at the speed of vector instructions.
/// </summary>
internal sealed class Cholesky
{
    private readonly double[] l;

    private Cholesky(double[] l, int size) => (this.l, Size) = (l, size);

    public int Size { get; }

    public double LogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Size; i++)
            {
                sum += Math.Log(l[(i * Size) + i]);
            }

            return 2 * sum;
        }
    }

    /// <summary>Factors a symmetric matrix given by rows (its lower triangle is read; the array is kept and overwritten); null where it is not positive definite.</summary>
    public static Cholesky? Factor(double[] a, int size)
    {
        for (var i = 0; i < size; i++)
        {
            var row = a.AsSpan(i * size, i + 1);
            for (var j = 0; j < i; j++)
            {
                row[j] = (row[j] - Vectors.Dot(row[..j], a.AsSpan(j * size, j))) / a[(j * size) + j];
            }

            var pivot = row[i] - Vectors.Dot(row[..i], row[..i]);
            if (!(pivot > 1e-14 * Math.Abs(row[i])))
            {
                return null;
            }

            row[i] = Math.Sqrt(pivot);
        }

        return new Cholesky(a, size);
    }

    /// <summary>L·x = b, in place.</summary>
    public void SolveLower(Span<double> b)
    {
        for (var i = 0; i < Size; i++)
        {
            b[i] = (b[i] - Vectors.Dot(l.AsSpan(i * Size, i), b[..i])) / l[(i * Size) + i];
        }
    }

    /// <summary>Lᵀ·x = b, in place.</summary>
    public void SolveUpper(Span<double> b)
    {
        for (var i = Size - 1; i >= 0; i--)
        {
            b[i] /= l[(i * Size) + i];
            Vectors.AddScaled(b[..i], -b[i], l.AsSpan(i * Size, i));
        }
    }

    /// <summary>A⁻¹ by rows; only its lower triangle is set.</summary>
    public double[] InverseLower()
    {
        var n = Size;
        // Row j of the transposed inverse of L: column j of L⁻¹, which starts at j.
        var columns = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            var diagonal = 1 / l[(i * n) + i];
            for (var j = 0; j < i; j++)
            {
                columns[(j * n) + i] = -diagonal * Vectors.Dot(l.AsSpan((i * n) + j, i - j), columns.AsSpan((j * n) + j, i - j));
            }

            columns[(i * n) + i] = diagonal;
        }

        var inverse = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                inverse[(i * n) + j] = Vectors.Dot(columns.AsSpan((i * n) + i, n - i), columns.AsSpan((j * n) + i, n - i));
            }
        }

        return inverse;
    }
}
