using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>A value of a request as sentences show it. The runtime's own text fails on a value of no kind, which gRPC can send.</summary>
public static class ValueText
{
    private const int Most = 100;

    /// <summary>The value's JSON; of a long one, the beginning.</summary>
    public static string Of(Value value)
    {
        var text = MessageJson.Text(value);
        return text.Length <= Most ? text : text[..(char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most)] + "…";
    }
}
