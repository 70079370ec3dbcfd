using System.Buffers;

namespace Cairn.Kernel.Http;

/// <summary>Bytes that grow in borrowed memory, which <see cref="Dispose"/> gives back.</summary>
/// <param name="capacity">How many bytes are expected.</param>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public int Length => _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Dispose()
    {
        var lent = _bytes;
        _bytes = [];
        _length = 0;
        if (lent.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    private void Reserve(int count)
    {
        count = Math.Max(count, 1);
        if (_bytes.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + count), _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        var old = _bytes;
        _bytes = larger;
        ArrayPool<byte>.Shared.Return(old);
    }
}
