namespace Cairn.Kernel.Blobs;

/// <summary>The next <paramref name="length"/> bytes of a stream that it owns, as a read-only stream of its own.</summary>
public sealed class BoundedStream(Stream inner, long length) : ReadOnlyStream
{
    private readonly long _total = length;
    private long _remaining = length;

    public override long Length => _total;

    public override long Position
    {
        get => _total - _remaining;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(Clip(buffer));
        _remaining -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _remaining)], cancellationToken);
        _remaining -= read;
        return read;
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
    }

    private Span<byte> Clip(Span<byte> buffer) => buffer[..(int)Math.Min(buffer.Length, _remaining)];
}
