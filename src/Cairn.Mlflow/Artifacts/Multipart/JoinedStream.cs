using Cairn.Data;
using Cairn.Kernel.Blobs;

namespace Cairn.Mlflow.Artifacts.Multipart;

/// <summary>Objects read one after the other as one stream.</summary>
internal sealed class JoinedStream(IEnumerable<GsUri> parts, IObjects objects) : ReadOnlyStream
{
    private readonly IEnumerator<GsUri> _left = parts.GetEnumerator();
    private Stream? _current;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_current is null)
            {
                if (!_left.MoveNext())
                {
                    return 0;
                }

                _current = await objects.OpenAsync(_left.Current, cancellationToken);
            }

            if (await _current.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                return read;
            }

            await _current.DisposeAsync();
            _current = null;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_current is not null)
        {
            await _current.DisposeAsync();
        }

        _left.Dispose();
        await base.DisposeAsync();
    }
}
