namespace Cairn.Tensorboards.Events;

/// <summary>What a step of <see cref="EventCursor"/> has found.</summary>
public enum EventKind
{
    None,

    /// <summary>A number: <c>simple_value</c>, or a tensor of one element that belongs to the scalars plugin.</summary>
    Scalar,

    /// <summary>A serialised <c>TensorProto</c>.</summary>
    Tensor,

    /// <summary>A serialised <c>HistogramProto</c> of the first summary format.</summary>
    Histogram,

    /// <summary>A serialised <c>Summary.Image</c> of the first summary format.</summary>
    Image,

    /// <summary>A serialised <c>Summary.Audio</c> of the first summary format.</summary>
    Audio,

    /// <summary>A tag's description alone, without a value; what it says is in the <see cref="Tag"/>.</summary>
    Description,

    /// <summary>The file's version, <c>brain.Event:2</c>; the payload is its text.</summary>
    FileVersion,

    /// <summary>A writer has started, perhaps again: what earlier writers wrote at this step and beyond is void.</summary>
    SessionStart,

    /// <summary>A record that holds something else: a graph, a log message, run metadata.</summary>
    Other,
}
