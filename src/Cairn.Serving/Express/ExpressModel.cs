using Cairn.Engines.OnnxRuntime;

namespace Cairn.Serving.Express;

/// <summary>A model that takes rows of floats and answers with one float tensor: what most tabular models are.</summary>
internal sealed class ExpressModel
{
    private readonly OnnxSession session;

    private ExpressModel(OnnxSession session, int columns)
    {
        this.session = session;
        Columns = columns;
    }

    /// <summary>How many numbers an instance has.</summary>
    public int Columns { get; }

    /// <summary>The model of a session, or null for one of another form.</summary>
    public static ExpressModel? Of(OnnxSession session) =>
        session is { Inputs: [{ Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Float, Shape: [< 0, > 0 and var columns] }], Outputs: [{ Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Float }] }
            ? new ExpressModel(session, (int)columns)
            : null;

    /// <summary>Runs the model; null where its output has not one row of at most one dimension for each instance. The caller disposes it.</summary>
    /// <exception cref="OnnxException">The model could not compute these instances.</exception>
    public OnnxValue? Run(NumberRows rows, CancellationToken cancellation)
    {
        using var input = OnnxValue.Tensor(session.Library, OnnxElementType.Float, rows.Count, rows.Columns);
        rows.Numbers.CopyTo(input.Span<float>());
        var output = session.Run([input], cancellation)[0];
        if (output is { Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Float, Shape.Length: 1 or 2 } && output.Shape[0] == rows.Count)
        {
            return output;
        }

        output.Dispose();
        return null;
    }
}
