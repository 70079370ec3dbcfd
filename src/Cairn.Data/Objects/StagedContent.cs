using Cairn.Data.Checksums;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>
/// Content whose blob is durable, and that no row refers to yet. Disposing it deletes the blob, unless <see cref="CommitAsync"/> has
/// brought a row that refers to it, or may have.
/// </summary>
public sealed class StagedContent(Content content, ObjectCommits commits) : IAsyncDisposable
{
    private bool _kept;

    public Content Content => content;

    /// <summary>
    /// Runs the transaction after which a row refers to the blob. One that is refused leaves none. Whether one that failed otherwise (the
    /// connection to the store broke) was committed is not known, so the blob stays: where nothing refers to it, it is the garbage
    /// collector's.
    /// </summary>
    public async Task<T> CommitAsync<T>(Func<Task<T>> transaction)
    {
        try
        {
            _kept = true;
            return await transaction();
        }
        catch (StatusException)
        {
            _kept = false;
            throw;
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT where a checksum differs.</exception>
    public void Verify(ExpectedHashes expected) => expected.Verify(content.Crc32C, content.Md5);

    public async ValueTask DisposeAsync()
    {
        if (!_kept)
        {
            await commits.DeleteAsync(content.Blob);
        }
    }
}
