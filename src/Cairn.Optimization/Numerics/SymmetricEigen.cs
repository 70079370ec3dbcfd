namespace Cairn.Optimization.Numerics;

/// <summary>
/// Eigenvalues and vectors of a symmetric matrix by Jacobi's rotations (Golub and Van Loan, "Matrix Computations", section 8.5).
/// </summary>
internal static class SymmetricEigen
{
    /// <param name="matrix">By rows; it is overwritten, and its diagonal becomes the eigenvalues.</param>
    /// <param name="size">Rows and columns.</param>
    /// <returns>The eigenvectors as columns of a matrix by rows.</returns>
    public static double[] Decompose(double[] matrix, int size)
    {
        var vectors = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            vectors[(i * size) + i] = 1;
        }

        for (var sweep = 0; sweep < 60 && OffDiagonal(matrix, size) > 0; sweep++)
        {
            for (var p = 0; p < size; p++)
            {
                for (var q = p + 1; q < size; q++)
                {
                    Rotate(matrix, vectors, size, p, q);
                }
            }
        }

        return vectors;
    }

    private static double OffDiagonal(double[] matrix, int size)
    {
        var (off, diagonal) = (0.0, 0.0);
        for (var i = 0; i < size; i++)
        {
            diagonal += Math.Abs(matrix[(i * size) + i]);
            for (var j = 0; j < i; j++)
            {
                off += Math.Abs(matrix[(i * size) + j]);
            }
        }

        return off > 1e-14 * diagonal ? off : 0;
    }

    private static void Rotate(double[] a, double[] vectors, int n, int p, int q)
    {
        var apq = a[(p * n) + q];
        if (apq == 0)
        {
            return;
        }

        var theta = (a[(q * n) + q] - a[(p * n) + p]) / (2 * apq);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
        {
            var (akp, akq) = (a[(k * n) + p], a[(k * n) + q]);
            a[(k * n) + p] = (c * akp) - (s * akq);
            a[(k * n) + q] = (s * akp) + (c * akq);
        }

        for (var k = 0; k < n; k++)
        {
            var (apk, aqk) = (a[(p * n) + k], a[(q * n) + k]);
            a[(p * n) + k] = (c * apk) - (s * aqk);
            a[(q * n) + k] = (s * apk) + (c * aqk);
            var (vkp, vkq) = (vectors[(k * n) + p], vectors[(k * n) + q]);
            vectors[(k * n) + p] = (c * vkp) - (s * vkq);
            vectors[(k * n) + q] = (s * vkp) + (c * vkq);
        }
    }
}
