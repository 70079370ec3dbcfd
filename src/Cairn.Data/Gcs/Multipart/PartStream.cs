using Cairn.Kernel.Blobs;

namespace Cairn.Data.Gcs.Multipart;

/// <summary>The content of a multipart body's current part.</summary>
internal sealed class PartStream(MultipartReader reader) : ReadOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        reader.ReadAsync(buffer, cancellationToken);
}
