using Cairn.Data;

namespace Cairn.Tracking.Mlflow.Artifacts.Multipart;

/// <summary>Objects read one after the other as one stream.</summary>
internal sealed class JoinedStream(IEnumerable<GsUri> parts, IObjects objects) : Stream
{
    private readonly IEnumerator<GsUri> left = parts.GetEnumerator();
    private Stream? current;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (current is null)
            {
                if (!left.MoveNext())
                {
                    return 0;
                }

                current = await objects.OpenAsync(left.Current, cancellationToken).ConfigureAwait(false);
            }

            if (await current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                return read;
            }

            await current.DisposeAsync().ConfigureAwait(false);
            current = null;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Objects are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (current is not null)
        {
            await current.DisposeAsync().ConfigureAwait(false);
        }

        left.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
