using System.Buffers;
using Google.Protobuf;

namespace Cairn.Kernel.Rpc;

/// <summary>A message's wire form in borrowed memory, which <see cref="Dispose"/> gives back.</summary>
internal readonly struct MessageBytes : IDisposable
{
    private readonly byte[] borrowed;
    private readonly int length;

    public MessageBytes(IMessage message)
    {
        length = message.CalculateSize();
        borrowed = ArrayPool<byte>.Shared.Rent(length);
        // Not straight to a span: messages that were generated long ago (google.rpc.Status, google.api.HttpBody), and all that contain one, cannot.
        message.WriteTo(new CodedOutputStream(borrowed));
    }

    public ReadOnlySpan<byte> Span => borrowed.AsSpan(0, length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(borrowed);
}
