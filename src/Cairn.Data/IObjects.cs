namespace Cairn.Data;

/// <summary>
/// The object store as other capabilities use it. Addresses come from clients; they never become paths except through
/// <see cref="DownloadAsync"/>'s gate.
/// </summary>
public interface IObjects
{
    Task<StoredObject?> FindAsync(GsUri uri, CancellationToken cancellation = default);

    /// <summary>Objects whose names start with the address's object part, in byte order of their names.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(GsUri prefix, CancellationToken cancellation = default);

    /// <summary>Opens an object's bytes.</summary>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND with the address.</exception>
    Task<Stream> OpenAsync(GsUri uri, CancellationToken cancellation = default);

    /// <summary>Opens an object's bytes and tells which object they are of: between two calls it may be replaced.</summary>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND with the address.</exception>
    Task<(StoredObject Item, Stream Content)> OpenItemAsync(GsUri uri, CancellationToken cancellation = default);

    /// <summary>Publishes an object, replacing what had the name.</summary>
    Task<StoredObject> PutAsync(GsUri uri, Stream content, string? contentType = null, CancellationToken cancellation = default);

    Task<bool> DeleteAsync(GsUri uri, CancellationToken cancellation = default);

    /// <summary>The plain read-only file that holds an object's bytes where the blob store has one, else null.</summary>
    string? LocalPath(StoredObject item);

    /// <summary>
    /// Materialises every object below a prefix as files in <paramref name="directory"/> (hard links where possible, else copies). Names
    /// that would leave the folder, or that a file system cannot hold, are refused with INVALID_ARGUMENT. Returns the number of files.
    /// </summary>
    Task<int> DownloadAsync(GsUri prefix, string directory, CancellationToken cancellation = default);

    /// <summary>The project that owns a bucket, or null where there is no such bucket.</summary>
    Task<string?> ProjectOfAsync(string bucket, CancellationToken cancellation = default);

    /// <summary>The names of a project's buckets, in order.</summary>
    Task<IReadOnlyList<string>> BucketsAsync(string project, CancellationToken cancellation = default);
}
