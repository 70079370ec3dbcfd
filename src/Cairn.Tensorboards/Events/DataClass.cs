namespace Cairn.Tensorboards.Events;

/// <summary><c>tensorflow.DataClass</c>: what the values of a tag are.</summary>
public enum DataClass
{
    Unknown = 0,
    Scalar = 1,
    Tensor = 2,
    BlobSequence = 3,
}
