using Microsoft.ML.OnnxRuntime;

namespace Cairn.Engines.OnnxRuntime;

/// <summary>A failure that ONNX Runtime reported, in its own words.</summary>
public sealed class OnnxException : Exception
{
    internal OnnxException(OnnxRuntimeException error)
        : base(WithoutCode(error.Message), error) { }

    /// <summary>The library puts <c>[ErrorCode:InvalidArgument] </c> before what the runtime said.</summary>
    private static string WithoutCode(string message) =>
        message.StartsWith("[ErrorCode:", StringComparison.Ordinal) && message.IndexOf("] ", StringComparison.Ordinal) is > 0 and var end
            ? message[(end + 2)..]
            : message;
}
