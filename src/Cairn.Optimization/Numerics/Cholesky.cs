namespace Cairn.Optimization.Numerics;

/// <summary>
/// The lower triangle L with L·Lᵀ = A, by rows. A row's products are of contiguous numbers, so that they run at the speed of vector
/// instructions.
/// </summary>
internal sealed class Cholesky
{
    private readonly Rows _rows;
    private readonly double[] _l;
    private readonly int _stride;

    private Cholesky(Rows rows, int size)
    {
        _rows = rows;
        (_l, _stride) = (rows.Numbers, rows.Stride);
        Size = size;
    }

    public int Size { get; }

    public double LogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Size; i++)
            {
                sum += Math.Log(_l[(i * _stride) + i]);
            }

            return 2 * sum;
        }
    }

    /// <summary>
    /// Factors a symmetric matrix given by rows (its lower triangle is read; the array is kept and overwritten); null where it is not
    /// positive definite.
    /// </summary>
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

        return new Cholesky(new Rows(a, size) { Used = size }, size);
    }

    /// <summary>The factor of a matrix with one more row, in the square of the size and not its cube.</summary>
    /// <param name="row">L⁻¹ times the new row without its last element.</param>
    /// <param name="diagonal">The square root of the last element less the square of <paramref name="row"/>.</param>
    public Cholesky With(ReadOnlySpan<double> row, double diagonal)
    {
        // Rows behind this factor's own may be another's, which grew from it before.
        var grown = _rows.Used == Size && Size < _stride ? _rows : _rows.Copy(Size);
        var target = grown.Numbers.AsSpan(Size * grown.Stride, Size + 1);
        row[..Size].CopyTo(target);
        target[Size] = diagonal;
        grown.Used = Size + 1;
        return new Cholesky(grown, Size + 1);
    }

    /// <summary>L·x = b for many b, in place; a row of L is read once for several of them.</summary>
    public void SolveLower(IReadOnlyList<double[]> many)
    {
        const int block = 16;
        for (var first = 0; first < many.Count; first += block)
        {
            var end = Math.Min(many.Count, first + block);
            for (var i = 0; i < Size; i++)
            {
                var row = _l.AsSpan(i * _stride, i);
                var pivot = _l[(i * _stride) + i];
                for (var at = first; at < end; at++)
                {
                    var b = many[at];
                    b[i] = (b[i] - Vectors.Dot(row, b.AsSpan(0, i))) / pivot;
                }
            }
        }
    }

    /// <summary>L·x = b, in place.</summary>
    public void SolveLower(Span<double> b)
    {
        for (var i = 0; i < Size; i++)
        {
            b[i] = (b[i] - Vectors.Dot(_l.AsSpan(i * _stride, i), b[..i])) / _l[(i * _stride) + i];
        }
    }

    /// <summary>Lᵀ·x = b, in place.</summary>
    public void SolveUpper(Span<double> b)
    {
        for (var i = Size - 1; i >= 0; i--)
        {
            b[i] /= _l[(i * _stride) + i];
            Vectors.AddScaled(b[..i], -b[i], _l.AsSpan(i * _stride, i));
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
            var diagonal = 1 / _l[(i * _stride) + i];
            for (var j = 0; j < i; j++)
            {
                columns[(j * n) + i] = -diagonal * Vectors.Dot(_l.AsSpan((i * _stride) + j, i - j), columns.AsSpan((j * n) + j, i - j));
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

    /// <summary>Rows of a fixed length in one array, with room for more.</summary>
    private sealed class Rows(double[] numbers, int stride)
    {
        public double[] Numbers => numbers;

        public int Stride => stride;

        /// <summary>How many are written.</summary>
        public int Used { get; set; }

        public Rows Copy(int count)
        {
            var wider = count + Math.Max(16, count / 2);
            var copy = new double[wider * wider];
            for (var i = 0; i < count; i++)
            {
                numbers.AsSpan(i * stride, i + 1).CopyTo(copy.AsSpan(i * wider));
            }

            return new Rows(copy, wider) { Used = count };
        }
    }
}
