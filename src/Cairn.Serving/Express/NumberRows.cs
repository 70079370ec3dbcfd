using System.Buffers;

namespace Cairn.Serving.Express;

/// <summary>Instances that are lists of equally many numbers, or lists of such lists, one after the other in borrowed memory.</summary>
/// <param name="shape">An instance's shape.</param>
/// <param name="most">How many instances there may be.</param>
internal sealed class NumberRows(int[] shape, int most) : IDisposable
{
    private const int FirstNumbers = 4096;

    private readonly int _columns = shape.Aggregate(1, static (numbers, dimension) => numbers * dimension);
    private float[] _numbers = ArrayPool<float>.Shared.Rent(
        Math.Max(FirstNumbers, shape.Aggregate(1, static (numbers, dimension) => numbers * dimension))
    );

    public int[] Shape => shape;

    /// <summary>How many numbers an instance has.</summary>
    public int Columns => _columns;

    public int Count { get; private set; }

    public ReadOnlySpan<float> Numbers => _numbers.AsSpan(0, Count * _columns);

    /// <summary>Room for one more instance; empty where there may be no more.</summary>
    public Span<float> Add()
    {
        if (Count == most)
        {
            return default;
        }

        var end = (Count + 1) * _columns;
        if (end > _numbers.Length)
        {
            var larger = ArrayPool<float>.Shared.Rent(_numbers.Length * 2);
            Numbers.CopyTo(larger);
            ArrayPool<float>.Shared.Return(_numbers);
            _numbers = larger;
        }

        Count++;
        return _numbers.AsSpan(end - _columns, _columns);
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_numbers);
        _numbers = [];
    }
}
