using Cairn.Engines.OnnxRuntime;

namespace Cairn.Serving.Express;

/// <summary>
/// A model that takes one float tensor of known shape for each instance and answers with one float tensor: what most models of tables and
/// of images are.
/// </summary>
internal sealed class ExpressModel
{
    private readonly OnnxSession _session;

    /// <summary>An instance of more numbers is unusual, and borrows too much memory.</summary>
    private const long MostNumbers = 1 << 22;

    private ExpressModel(OnnxSession session, int[] shape)
    {
        _session = session;
        Shape = shape;
    }

    /// <summary>The shape of an instance: one dimension for a row, more for an image.</summary>
    public int[] Shape { get; }

    /// <summary>The model of a session, or null for one of another form.</summary>
    public static ExpressModel? Of(OnnxSession session) =>
        session
            is {
                Inputs: [{ Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Float, Shape: [< 0, _, ..] shape }],
                Outputs: [{ Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Float }]
            }
        && shape.Skip(1).All(static dimension => dimension is > 0 and <= MostNumbers)
        && shape.Skip(1).Aggregate(1L, static (numbers, dimension) => Math.Min(numbers * dimension, MostNumbers + 1)) <= MostNumbers
            ? new ExpressModel(session, [.. shape.Skip(1).Select(static dimension => (int)dimension)])
            : null;

    /// <summary>
    /// Runs the model; null where its output has not one row of at most one dimension for each instance. The caller disposes it.
    /// </summary>
    /// <exception cref="OnnxException">The model could not compute these instances.</exception>
    public OnnxValue? Run(NumberRows rows, CancellationToken cancellation)
    {
        using var input = OnnxValue.Tensor(OnnxElementType.Float, [rows.Count, .. Shape.Select(static dimension => (long)dimension)]);
        rows.Numbers.CopyTo(input.Span<float>());
        var output = _session.Run([input], cancellation)[0];
        if (
            output is { Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Float, Shape.Length: 1 or 2 }
            && output.Shape[0] == rows.Count
        )
        {
            return output;
        }

        output.Dispose();
        return null;
    }
}
