using System.Text;
using Google.Protobuf.Reflection;

namespace Cairn.Fuzz.Cases;

/// <summary>One request as it goes over the wire.</summary>
/// <param name="Label">What it is a variant of: the key by which findings are told apart.</param>
/// <param name="Method">The HTTP method; <c>gRPC</c> for a call over HTTP/2, whose body is the frames and whose target is the method's
/// path.</param>
/// <param name="Target">Path and query, as they are sent.</param>
/// <param name="Headers">Besides those of the connection.</param>
/// <param name="Body">Null for none.</param>
internal sealed record Call(string Label, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    public const string Grpc = "gRPC";

    /// <summary>How the body is announced.</summary>
    public Framing Framing { get; init; }

    /// <summary>The method of a call over gRPC.</summary>
    public MethodDescriptor? Rpc { get; init; }

    /// <summary>Whether the call may last: it waits for something, and ends with its deadline.</summary>
    public bool MayLast { get; init; }

    public bool IsGrpc => Method == Grpc;

    /// <summary>Whether an answer is owed: HTTP or HTTP/2 of this form is none where it is not.</summary>
    public bool IsWellFramed =>
        Framing is Framing.Length or Framing.Chunked
        && !Target.AsSpan().ContainsAny(" \r\n\0")
        && !Headers.Any(static header => header.Value.AsSpan().ContainsAny("\r\n\0"));

    /// <summary>The request in short, for people.</summary>
    public string Show(int most)
    {
        var text = new StringBuilder($"{Method} {Target}");
        foreach (var (name, value) in Headers)
        {
            text.Append($"\n{name}: {value}");
        }

        if (Framing != Framing.Length)
        {
            text.Append($"\n({Framing})");
        }

        if (Body is { } body)
        {
            var shown = IsGrpc
                ? Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, most)))
                : Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, most)));
            text.Append($"\n\n{Printable(shown)}{(shown.Length < body.Length ? $"… ({body.Length} bytes)" : "")}");
        }

        return text.ToString();
    }

    private static string Printable(string text) =>
        string.Concat(text.Select(static c => c is '\n' or (>= ' ' and < '\x7F') ? c.ToString() : $"\\x{(int)c:X2}"));
}
