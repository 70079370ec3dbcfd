using Cairn.Data;
using Cairn.Kernel.Blobs;

namespace Cairn.Tracking.Mlflow.Artifacts.Multipart;

/// <summary>Objects read one after the other as one stream.</summary>
internal sealed class JoinedStream(IEnumerable<GsUri> parts, IObjects objects) : ReadOnlyStream
{
    private readonly IEnumerator<GsUri> left = parts.GetEnumerator();
    private Stream? current;

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
