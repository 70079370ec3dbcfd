using System.Buffers;

namespace Cairn.Kernel.Http;

/// <summary>Bytes that grow in borrowed memory, which <see cref="Dispose"/> gives back.</summary>
/// <param name="capacity">How many bytes are expected.</param>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int length;

    public int Length => length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public void Advance(int count) => length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(length);
    }

    public void Dispose()
    {
        var lent = bytes;
        bytes = [];
        length = 0;
        if (lent.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    private void Reserve(int count)
    {
        count = Math.Max(count, 1);
        if (bytes.Length - length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(length + count), bytes.Length * 2));
        bytes.AsSpan(0, length).CopyTo(larger);
        var old = bytes;
        bytes = larger;
        ArrayPool<byte>.Shared.Return(old);
    }
}
