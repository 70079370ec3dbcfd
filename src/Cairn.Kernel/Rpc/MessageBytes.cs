using System.Buffers;
using Google.Protobuf;

namespace Cairn.Kernel.Rpc;

/// <summary>A message's wire form in borrowed memory, which <see cref="Dispose"/> gives back.</summary>
internal readonly struct MessageBytes : IDisposable
{
    private readonly byte[] _borrowed;
    private readonly int _length;

    public MessageBytes(IMessage message)
    {
        _length = message.CalculateSize();
        _borrowed = ArrayPool<byte>.Shared.Rent(_length);
        message.WriteTo(_borrowed.AsSpan(0, _length));
    }

    public ReadOnlySpan<byte> Span => _borrowed.AsSpan(0, _length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_borrowed);
}
