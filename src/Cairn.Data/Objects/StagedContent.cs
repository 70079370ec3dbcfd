using Cairn.Data.Checksums;

namespace Cairn.Data.Objects;

/// <summary>Content whose blob is durable, and that no row refers to yet. Disposing it before <see cref="Keep"/> deletes the blob.</summary>
public sealed class StagedContent(Content content, ObjectCommits commits) : IAsyncDisposable
{
    private bool kept;

    public Content Content => content;

    /// <summary>Says that a committed row refers to the blob now.</summary>
    public void Keep() => kept = true;

    /// <exception cref="Kernel.Errors.StatusException">INVALID_ARGUMENT where a checksum differs.</exception>
    public void Verify(ExpectedHashes expected) => expected.Verify(content.Crc32C, content.Md5);

    public async ValueTask DisposeAsync()
    {
        if (!kept)
        {
            await commits.DeleteAsync(content.Blob).ConfigureAwait(false);
        }
    }
}
