using System.Data.Common;
using SQLitePCL;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : ISqlSession, IDisposable
{
    /// <summary>Queries are built from a bounded set of shapes, but filters make new ones: the cache does not grow with them.</summary>
    private const int MaxStatements = 512;

    /// <summary>How long a connection waits for another's lock, in milliseconds: another program may be writing.</summary>
    public const int BusyTimeout = 30_000;

    private readonly sqlite3 _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private SqliteStatement? _running;

    public SqliteSession(string path, bool writer)
    {
        var result = raw.sqlite3_open_v2(
            path,
            out _connection,
            raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX,
            null
        );
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteError($"The database '{path}' cannot be opened: {raw.sqlite3_errstr(result).utf8_to_string()}.", result);
        }

        raw.sqlite3_busy_timeout(_connection, BusyTimeout);
        if (writer)
        {
            Execute("PRAGMA journal_mode = WAL");
            // FULL is what makes a commit in WAL mode wait for its fsync.
            Execute("PRAGMA synchronous = FULL");
            Execute("PRAGMA wal_autocheckpoint = 4000");
            // A log that had to grow for once gives the space back when it starts over.
            Execute($"PRAGMA journal_size_limit = {SqliteLog.Limit}");
        }
        else
        {
            Execute("PRAGMA query_only = ON");
        }

        Execute("PRAGMA cache_size = -65536");
        Execute("PRAGMA temp_store = MEMORY");
        Execute("PRAGMA case_sensitive_like = ON");
    }

    public SqlDialect Dialect => SqlDialect.Sqlite;

    /// <summary>Takes what is to happen once the work that runs is committed; null where nothing will be.</summary>
    public CommitEffects? Effects { get; set; }

    public void OnCommit(Action effect) =>
        (Effects ?? throw new InvalidOperationException("Only a write is committed; this is a read.")).Add(effect);

    public int Execute(string sql, params ReadOnlySpan<object?> arguments)
    {
        var statement = Prepare(sql, arguments);
        try
        {
            // A statement that returns rows (a PRAGMA) is stepped through.
            while (statement.Step()) { }

            return raw.sqlite3_changes(_connection);
        }
        finally
        {
            End(statement);
        }
    }

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        var statement = Prepare(sql, arguments);
        var rows = new List<T>();
        try
        {
            while (statement.Step())
            {
                rows.Add(map(statement.Row));
            }

            return rows;
        }
        finally
        {
            End(statement);
        }
    }

    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        var statement = Prepare(sql, arguments);
        try
        {
            if (!statement.Step())
            {
                return default;
            }

            return map(statement.Row);
        }
        finally
        {
            End(statement);
        }
    }

    public void Dispose()
    {
        Forget();
        _connection.Dispose();
    }

    private SqliteStatement Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (_running is not null)
        {
            throw new InvalidOperationException(
                $"A statement is run while the rows of another are mapped, which PostgreSQL does not do: map first, then ask. {sql}"
            );
        }

        if (!_statements.TryGetValue(sql, out var statement))
        {
            if (_statements.Count >= MaxStatements)
            {
                Forget();
            }

            statement = new SqliteStatement(_connection, sql, arguments.Length);
            _statements.Add(sql, statement);
            if (SqliteDiagnostics.Listener.IsEnabled())
            {
                SqliteDiagnostics.Listener.Write(SqliteDiagnostics.Planned, new PlannedStatement(sql, Plan(sql, arguments.Length)));
            }
        }

        statement.Start(arguments);
        _running = statement;
        return statement;
    }

    private List<string> Plan(string sql, int arguments)
    {
        using var statement = new SqliteStatement(_connection, "EXPLAIN QUERY PLAN " + sql, arguments);
        var lines = new List<string>();
        while (statement.Step())
        {
            // The columns are id, parent, an unused one, and the line.
            lines.Add(statement.Row.GetString(3));
        }

        return lines;
    }

    private void End(SqliteStatement statement)
    {
        _running = null;
        statement.Reset();
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
    }
}
