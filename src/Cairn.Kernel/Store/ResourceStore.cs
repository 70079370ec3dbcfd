using System.Buffers.Text;
using System.Security.Cryptography;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Cairn.Kernel.Store.Search;
using Google.Protobuf;

namespace Cairn.Kernel.Store;

/// <summary>Resources in one table: the message as it is, the columns that listings order by, and a document that filters search.</summary>
public sealed class ResourceStore(IDatabase database, TimeProvider time) : IResourceStore
{
    private const string SelectBody = "SELECT body FROM resources WHERE name = $1 AND kind = $2";
    private const string SelectTimes = "SELECT create_time, update_time, body FROM resources WHERE name = $1 AND kind = $2";
    private const string InsertRow =
        "INSERT INTO resources (name, kind, parent, id, display_name, state, create_time, update_time, body, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, {document})";
    private const string UpdateRow =
        "UPDATE resources SET display_name = $3, state = $4, update_time = $5, body = $6, doc = {document} WHERE name = $1 AND kind = $2";

    // PostgreSQL needs to be told that a text argument is a document; SQLite keeps documents as text.
    private readonly string _insertRow = InsertRow.Replace(
        "{document}",
        database.Dialect == SqlDialect.Sqlite ? "$9" : "CAST($9 AS JSONB)",
        StringComparison.Ordinal
    );
    private readonly string _updateRow = UpdateRow.Replace(
        "{document}",
        database.Dialect == SqlDialect.Sqlite ? "$7" : "CAST($7 AS JSONB)",
        StringComparison.Ordinal
    );

    public Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) =>
        database.WriteAsync(work, cancellation);

    public Task<T?> FindAsync<T>(ResourceKind kind, string name, CancellationToken cancellation = default)
        where T : class, IMessage<T> => database.ReadAsync(session => Find<T>(session, kind, name), cancellation);

    public async Task<T> GetAsync<T>(ResourceKind kind, string name, CancellationToken cancellation = default)
        where T : class, IMessage<T> => await FindAsync<T>(kind, name, cancellation) ?? throw Missing(kind, name);

    public Task<Page<T>> ListAsync<T>(ResourceKind kind, ListQuery query, CancellationToken cancellation = default)
        where T : class, IMessage<T>
    {
        var list = new ListSql(kind, query, database.Dialect);
        return database.ReadAsync(
            session =>
            {
                // The row past the page tells that there is another page; only the last returned row's keys are kept.
                object[] last = [];
                var count = 0;
                var items = session.Query(
                    list.Text,
                    row =>
                    {
                        if (++count == list.PageSize)
                        {
                            last = list.Keys(row);
                        }

                        return count > list.PageSize ? null : Parse<T>(kind, row.GetFieldValue<byte[]>(0));
                    },
                    list.Arguments
                );
                if (count <= list.PageSize)
                {
                    return new Page<T>(items!, "");
                }

                items.RemoveAt(list.PageSize);
                return new Page<T>(items!, list.Token(last));
            },
            cancellation
        );
    }

    public T? Find<T>(ISqlSession session, ResourceKind kind, string name)
        where T : class, IMessage<T>
    {
        var body = session.QueryFirst(SelectBody, static row => row.GetFieldValue<byte[]>(0), name, kind.Name);
        return body is null ? null : Parse<T>(kind, body);
    }

    public T Insert<T>(ISqlSession session, ResourceKind kind, T resource)
        where T : class, IMessage<T>
    {
        var fields = ResourceFields.Of(kind.Descriptor);
        var stored = resource.Clone();
        var name = fields.Name(stored);
        if (session.QueryFirst("SELECT 1 FROM resources WHERE name = $1", static row => true, name))
        {
            throw StatusException.AlreadyExists($"{kind.Name} '{name}' exists already.");
        }

        var now = Timestamps.ToMicros(time.GetUtcNow());
        fields.SetTimes(stored, now, now);
        var body = Seal(fields, stored);
        var (parent, id) = Split(name);
        session.Execute(
            _insertRow,
            name,
            kind.Name,
            parent,
            id,
            fields.DisplayName(stored),
            fields.State(stored),
            now,
            body,
            ResourceDocument.Write(stored, kind.Unsearchable)
        );
        InsertLabels(session, name, fields.Labels(stored));
        return stored;
    }

    public T Update<T>(ISqlSession session, ResourceKind kind, T resource)
        where T : class, IMessage<T>
    {
        var fields = ResourceFields.Of(kind.Descriptor);
        var stored = resource.Clone();
        var name = fields.Name(stored);
        var (created, updated, old) = session.QueryFirst(
            SelectTimes,
            static row => (row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)),
            name,
            kind.Name
        );
        if (old is null)
        {
            throw Missing(kind, name);
        }

        var before = Parse<T>(kind, old);
        if (fields.Etag(resource) is { Length: > 0 } expected && expected != fields.Etag(before))
        {
            throw StatusException.Aborted(
                $"{kind.Name} '{name}' has changed since it was read: its etag is '{fields.Etag(before)}', not '{expected}'. Read it again and repeat the change."
            );
        }

        var now = Math.Max(Timestamps.ToMicros(time.GetUtcNow()), updated + 1);
        fields.SetTimes(stored, created, now);
        var body = Seal(fields, stored);
        session.Execute(
            _updateRow,
            name,
            kind.Name,
            fields.DisplayName(stored),
            fields.State(stored),
            now,
            body,
            ResourceDocument.Write(stored, kind.Unsearchable)
        );
        if (fields.Labels(stored) is { } labels && !Same(labels, fields.Labels(before)!))
        {
            session.Execute("DELETE FROM resource_labels WHERE name = $1", name);
            InsertLabels(session, name, labels);
        }

        return stored;
    }

    public bool Delete(ISqlSession session, ResourceKind kind, string name)
    {
        session.Execute("DELETE FROM resource_labels WHERE name = $1", name);
        return session.Execute("DELETE FROM resources WHERE name = $1 AND kind = $2", name, kind.Name) > 0;
    }

    public bool Move(ISqlSession session, ResourceKind from, ResourceKind to, string name) =>
        session.Execute("UPDATE resources SET kind = $3 WHERE name = $1 AND kind = $2", name, from.Name, to.Name) > 0;

    public int Move(ISqlSession session, ResourceKind from, ResourceKind to, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
        {
            return 0;
        }

        var sql = new SqlText(session.Dialect);
        sql.Add(
            $"UPDATE resources SET kind = {sql.Argument(to.Name)} WHERE kind = {sql.Argument(from.Name)} AND name IN ({Names(sql, names)})"
        );
        return session.Execute(sql.ToString(), sql.Arguments);
    }

    public List<T> Children<T>(ISqlSession session, ResourceKind kind, string parent)
        where T : class, IMessage<T> =>
        session.Query(
            "SELECT body FROM resources WHERE kind = $1 AND parent = $2 ORDER BY create_time, name",
            row => Parse<T>(kind, row.GetFieldValue<byte[]>(0)),
            kind.Name,
            parent
        );

    public List<T> FindMany<T>(ISqlSession session, ResourceKind kind, IReadOnlyCollection<string> names)
        where T : class, IMessage<T>
    {
        if (names.Count == 0)
        {
            return [];
        }

        var sql = new SqlText(session.Dialect);
        sql.Add($"SELECT body FROM resources WHERE kind = {sql.Argument(kind.Name)} AND name IN ({Names(sql, names)})");
        return session.Query(sql.ToString(), row => Parse<T>(kind, row.GetFieldValue<byte[]>(0)), sql.Arguments);
    }

    public HashSet<string> Match(ISqlSession session, ResourceKind kind, IReadOnlyCollection<string> names, string filter)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var sql = new SqlText(session.Dialect);
        sql.Add($"SELECT r.name FROM resources r WHERE r.kind = {sql.Argument(kind.Name)} AND r.name IN ({Names(sql, names)})");
        if (FilterParser.Parse(filter) is { } condition)
        {
            sql.Add(" AND ").Add(new FilterSql(kind, sql).Condition(condition));
        }

        return [.. session.Query(sql.ToString(), static row => row.GetString(0), sql.Arguments)];
    }

    private static string Names(SqlText sql, IReadOnlyCollection<string> names) =>
        names.Count <= IResourceStore.MaxNames
            ? string.Join(", ", names.Select(name => sql.Argument(name)))
            : throw new ArgumentException($"{names.Count} names are asked for; at most {IResourceStore.MaxNames} can be.", nameof(names));

    private static T Parse<T>(ResourceKind kind, byte[] body)
        where T : class, IMessage<T> => (T)StoredMessage.Read(kind.Parser, body);

    private static StatusException Missing(ResourceKind kind, string name) =>
        StatusException.NotFound($"{kind.Name} '{name}' does not exist.");

    /// <summary>Sets the etag from the content and returns the bytes to store.</summary>
    private static byte[] Seal(ResourceFields fields, IMessage stored)
    {
        fields.SetEtag(stored, "");
        var body = stored.ToByteArray();
        var etag = Base64Url.EncodeToString(SHA256.HashData(body).AsSpan(0, 9));
        fields.SetEtag(stored, etag);
        return fields.Etag(stored).Length == 0 ? body : stored.ToByteArray();
    }

    private static void InsertLabels(ISqlSession session, string name, IDictionary<string, string>? labels)
    {
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
        {
            session.Execute("INSERT INTO resource_labels (name, key, value) VALUES ($1, $2, $3)", name, key, value);
        }
    }

    private static bool Same(IDictionary<string, string> left, IDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <summary><c>projects/p/locations/l/models/m</c> lies in the collection of <c>projects/p/locations/l</c>.</summary>
    private static (string Parent, string Id) Split(string name)
    {
        var last = name.LastIndexOf('/');
        var collection = last > 0 ? name.LastIndexOf('/', last - 1) : -1;
        return collection < 0 ? ("", name[(last + 1)..]) : (name[..collection], name[(last + 1)..]);
    }
}
