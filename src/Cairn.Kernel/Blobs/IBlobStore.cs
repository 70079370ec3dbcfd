namespace Cairn.Kernel.Blobs;

/// <summary>
/// Immutable byte sequences by server-made id. Names that clients choose never reach this interface: they live in the database, in the row
/// whose commit publishes the blob. A blob that no row refers to is garbage and is collected.
/// </summary>
public interface IBlobStore
{
    /// <summary>Opens a new blob for writing. Nothing can be read until <see cref="IBlobWriter.CommitAsync"/> has returned.</summary>
    Task<IBlobWriter> CreateAsync(CancellationToken cancellation = default);

    /// <summary>Opens <paramref name="length"/> bytes from <paramref name="offset"/> (to the end where null).</summary>
    /// <exception cref="Errors.StatusException">NOT_FOUND where there is no such blob.</exception>
    Task<Stream> OpenAsync(string id, long offset = 0, long? length = null, CancellationToken cancellation = default);

    /// <summary>Deletes a blob; succeeds where there is none.</summary>
    Task DeleteAsync(string id, CancellationToken cancellation = default);

    /// <summary>Every blob with its last-modified time, for garbage collection.</summary>
    IAsyncEnumerable<(string Id, DateTimeOffset Modified)> ListAsync(CancellationToken cancellation = default);

    /// <summary>
    /// The plain read-only file of a blob where the store has one (local disk), so that DuckDB, predictors and tasks read it in place; else
    /// null.
    /// </summary>
    string? LocalPath(string id);
}
