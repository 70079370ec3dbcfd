using System.Text;

namespace Cairn.Fuzz.Cases;

/// <summary>What came back.</summary>
/// <param name="Status">The HTTP status; of a gRPC call, its <c>grpc-status</c>, -1 where it has none. 0 with <paramref name="Failure"/>
/// where nothing came.</param>
/// <param name="Text">The body as text; of a gRPC call, its message.</param>
/// <param name="ContentType">Empty where there is none.</param>
/// <param name="Failure">Why there is no answer.</param>
internal sealed record Answer(int Status, string Text, string ContentType, string? Failure = null)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    public string Show(int most) => Failure ?? $"{Status} {(Text.Length > most ? Text[..most] + "…" : Text)}";

    public static string Decode(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body);
}
