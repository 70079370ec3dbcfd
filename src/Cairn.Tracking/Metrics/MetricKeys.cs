using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// Names of metrics as numbers: blocks and rows hold the number. A name keeps its number for ever, so what was looked up once is kept in
/// memory, by its text and by its UTF-8 bytes, and a logged point needs no string. Names get their numbers in transactions of their own, so
/// that what is remembered has been committed.
/// </summary>
public sealed class MetricKeys(IDatabase database)
{
    private readonly ConcurrentDictionary<string, long> _ids = new(Utf8NameComparer.Instance);
    private readonly ConcurrentDictionary<long, string> _names = [];

    /// <summary>The number of a name that has been seen before.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8, out long key) => _ids.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8, out key);

    public bool TryFind(string name, out long key) => _ids.TryGetValue(name, out key);

    /// <summary>The numbers of names, which get one where they have none; durable when this returns.</summary>
    public async Task<IReadOnlyDictionary<string, long>> InternAsync(IEnumerable<string> wanted, CancellationToken cancellation = default)
    {
        var result = new Dictionary<string, long>();
        var unknown = new List<string>();
        foreach (var name in wanted.Distinct())
        {
            if (_ids.TryGetValue(name, out var key))
            {
                result[name] = key;
            }
            else
            {
                RunFields.CheckKey(name, "metric");
                unknown.Add(name);
            }
        }

        if (unknown.Count > 0)
        {
            foreach (
                var (name, key) in await database.WriteAsync(
                    session => unknown.ConvertAll(name => (name, Insert(session, name))),
                    cancellation
                )
            )
            {
                result[name] = key;
                Remember(name, key);
            }
        }

        return result;
    }

    public async ValueTask<long> InternAsync(string name, CancellationToken cancellation = default) =>
        _ids.TryGetValue(name, out var key) ? key : (await InternAsync([name], cancellation))[name];

    /// <summary>The number of a name, or null where no run has ever logged it.</summary>
    public long? Find(ISqlSession session, string name)
    {
        if (_ids.TryGetValue(name, out var known))
        {
            return known;
        }

        var id = session.QueryFirst("SELECT id FROM metric_keys WHERE name = $1", static row => (long?)row.GetInt64(0), name);
        if (id is { } found)
        {
            Remember(name, found);
        }

        return id;
    }

    /// <summary>The name of a number that rows hold.</summary>
    public string Name(ISqlSession session, long key)
    {
        if (!_names.TryGetValue(key, out var name))
        {
            name =
                session.QueryFirst("SELECT name FROM metric_keys WHERE id = $1", static row => row.GetString(0), key)
                ?? throw new InvalidOperationException($"No metric has the number {key}.");
            Remember(name, key);
        }

        return name;
    }

    /// <summary>The name of a number, or null.</summary>
    public string? FindName(ISqlSession session, long key) =>
        _names.TryGetValue(key, out var name)
            ? name
            : session.QueryFirst("SELECT name FROM metric_keys WHERE id = $1", static row => row.GetString(0), key);

    private static long Insert(ISqlSession session, string name)
    {
        session.Execute("INSERT INTO metric_keys (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", name);
        return session.QueryFirst("SELECT id FROM metric_keys WHERE name = $1", static row => row.GetInt64(0), name);
    }

    private void Remember(string name, long key)
    {
        _ids[name] = key;
        _names[key] = name;
    }

    /// <summary>Finds strings by their UTF-8 bytes.</summary>
    private sealed class Utf8NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        public static readonly Utf8NameComparer Instance = new();

        public bool Equals(string? x, string? y) => x == y;

        public int GetHashCode([DisallowNull] string obj)
        {
            var most = System.Text.Encoding.UTF8.GetMaxByteCount(obj.Length);
            Span<byte> bytes = most <= 1024 ? stackalloc byte[1024] : new byte[most];
            return GetHashCode(bytes[..System.Text.Encoding.UTF8.GetBytes(obj, bytes)]);
        }

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public bool Equals(ReadOnlySpan<byte> alternate, string other)
        {
            // Most names are ASCII: compare in place, and let the exact comparison decide the rest.
            return System.Text.Ascii.IsValid(alternate)
                ? System.Text.Ascii.Equals(alternate, other)
                : System.Text.Encoding.UTF8.GetString(alternate) == other;
        }

        public string Create(ReadOnlySpan<byte> alternate) => System.Text.Encoding.UTF8.GetString(alternate);
    }
}
