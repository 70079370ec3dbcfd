using Cairn.Kernel.Database;
using Google.Protobuf;

namespace Cairn.Kernel.Store;

/// <summary>
/// Resources as protobuf messages by full name. The <c>Async</c> members are one transaction each; those that take a session take part in
/// the caller's. Returned messages are the caller's own copies.
/// </summary>
public interface IResourceStore
{
    /// <summary>The most names that are taken at once.</summary>
    const int MaxNames = 1_000;

    Task<T?> FindAsync<T>(ResourceKind kind, string name, CancellationToken cancellation = default)
        where T : class, IMessage<T>;

    /// <exception cref="Errors.StatusException">NOT_FOUND, with the kind and the name.</exception>
    Task<T> GetAsync<T>(ResourceKind kind, string name, CancellationToken cancellation = default)
        where T : class, IMessage<T>;

    Task<Page<T>> ListAsync<T>(ResourceKind kind, ListQuery query, CancellationToken cancellation = default)
        where T : class, IMessage<T>;

    /// <summary>Runs several store calls and SQL of the caller's in one transaction; see <see cref="IDatabase.WriteAsync{T}"/>.</summary>
    Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default);

    T? Find<T>(ISqlSession session, ResourceKind kind, string name)
        where T : class, IMessage<T>;

    /// <summary>Inserts; sets create_time, update_time and etag where the message has them, and returns what was stored.</summary>
    /// <exception cref="Errors.StatusException">ALREADY_EXISTS.</exception>
    T Insert<T>(ISqlSession session, ResourceKind kind, T resource)
        where T : class, IMessage<T>;

    /// <summary>
    /// Replaces the stored message; sets update_time and etag. A non-empty etag in <paramref name="resource"/> must be the stored one, else
    /// ABORTED.
    /// </summary>
    /// <exception cref="Errors.StatusException">NOT_FOUND, ABORTED.</exception>
    T Update<T>(ISqlSession session, ResourceKind kind, T resource)
        where T : class, IMessage<T>;

    /// <summary>Deletes; false where there is none.</summary>
    bool Delete(ISqlSession session, ResourceKind kind, string name);

    /// <summary>
    /// Gives a resource another kind over the same message, so that it leaves the listings of the one and enters the other's: put away, or
    /// brought back. Its name stays taken. False where there is none.
    /// </summary>
    bool Move(ISqlSession session, ResourceKind from, ResourceKind to, string name);

    /// <summary>The same of several; returns how many there were. At most <see cref="MaxNames"/> names.</summary>
    int Move(ISqlSession session, ResourceKind from, ResourceKind to, IReadOnlyCollection<string> names);

    /// <summary>Resources of a parent, oldest first, without paging: for small collections inside a transaction.</summary>
    List<T> Children<T>(ISqlSession session, ResourceKind kind, string parent)
        where T : class, IMessage<T>;

    /// <summary>Those of the named resources that there are, in no particular order. At most <see cref="MaxNames"/> names.</summary>
    List<T> FindMany<T>(ISqlSession session, ResourceKind kind, IReadOnlyCollection<string> names)
        where T : class, IMessage<T>;

    /// <summary>Those of the names whose resource satisfies a filter. At most <see cref="MaxNames"/> names.</summary>
    HashSet<string> Match(ISqlSession session, ResourceKind kind, IReadOnlyCollection<string> names, string filter);
}
