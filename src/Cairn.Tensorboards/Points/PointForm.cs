namespace Cairn.Tensorboards.Points;

/// <summary>What the value of a stored point is.</summary>
internal enum PointForm
{
    /// <summary>A serialised <c>TensorProto</c>.</summary>
    Tensor = 1,

    /// <summary>The name of the blob that holds a large one.</summary>
    LargeTensor = 2,

    /// <summary>The names of a sequence's blobs, one a line.</summary>
    Blobs = 3,
}
