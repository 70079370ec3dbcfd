namespace Cairn.Engines.OnnxRuntime;

/// <summary>An input or output that a model declares.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Kind">A tensor, or for some classifiers' outputs a sequence or map.</param>
/// <param name="ElementType">Of a tensor; else <see cref="OnnxElementType.Undefined"/>.</param>
/// <param name="Shape">Of a tensor: one entry a dimension, -1 where the model leaves it open; empty for a scalar and for what is no
/// tensor.</param>
public sealed record OnnxValueInfo(string Name, OnnxValueKind Kind, OnnxElementType ElementType, IReadOnlyList<long> Shape)
{
    /// <summary>The type as sentences name it: <c>float[?,4]</c>.</summary>
    public override string ToString() =>
        Kind == OnnxValueKind.Tensor
            ? $"{ElementType.ToString().ToLowerInvariant()}{FormatShape(Shape)}"
            : Kind.ToString().ToLowerInvariant();

    /// <summary><c>[?,4]</c>: open dimensions are question marks.</summary>
    public static string FormatShape(IEnumerable<long> shape) =>
        $"[{string.Join(',', shape.Select(d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
