using Google.Protobuf;

namespace Cairn.Server.Tests.Telemetry;

/// <summary>A span as <c>opentelemetry/proto/trace/v1/trace.proto</c> has it, with its attributes that are text.</summary>
internal sealed record ReceivedSpan(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes)
{
    public static ReceivedSpan Read(ByteString span) =>
        new(
            Hex(span, 1),
            Hex(span, 2),
            Hex(span, 4),
            OtlpReceiver.Messages(span, 5).Single().ToStringUtf8(),
            OtlpReceiver
                .Messages(span, 9)
                .ToDictionary(
                    static pair => OtlpReceiver.Messages(pair, 1).Single().ToStringUtf8(),
                    static pair => OtlpReceiver.Messages(OtlpReceiver.Messages(pair, 2).Single(), 1).FirstOrDefault()?.ToStringUtf8() ?? ""
                )
        );

    private static string Hex(ByteString span, int field) =>
        OtlpReceiver.Messages(span, field) is [var id] ? Convert.ToHexStringLower(id.Span) : "";
}
