namespace Cairn.Engines.OnnxRuntime;

/// <summary>What a value is, with the numbers of <c>ONNXType</c>.</summary>
public enum OnnxValueKind
{
    Unknown = 0,
    Tensor = 1,
    Sequence = 2,
    Map = 3,
    Opaque = 4,
    SparseTensor = 5,
    Optional = 6,
}
