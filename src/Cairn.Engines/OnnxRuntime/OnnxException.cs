namespace Cairn.Engines.OnnxRuntime;

/// <summary>A failure that ONNX Runtime reported, in its own words.</summary>
public sealed class OnnxException(int code, string message) : Exception(message)
{
    /// <summary>The <c>OrtErrorCode</c>: 2 invalid argument, 3 no such file, 7 invalid protobuf, 10 invalid graph, …</summary>
    public int Code { get; } = code;
}
