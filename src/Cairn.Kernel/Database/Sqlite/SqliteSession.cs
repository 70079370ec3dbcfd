using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : ISqlSession, IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> commands = [];

    public SqliteSession(string connectionString, bool writer)
    {
        connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute("PRAGMA busy_timeout = 30000");
        if (writer)
        {
            Execute("PRAGMA journal_mode = WAL");
            // FULL is what makes a commit in WAL mode wait for its fsync.
            Execute("PRAGMA synchronous = FULL");
            Execute("PRAGMA wal_autocheckpoint = 4000");
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

    public int Execute(string sql, params ReadOnlySpan<object?> arguments)
    {
        // A statement that returns rows (a PRAGMA) leaves its result to be read; ExecuteNonQuery steps through it.
        var command = Prepare(sql, arguments);
        return command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read() ? map(reader) : default;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + (i + 1).ToString(CultureInfo.InvariantCulture) });
            }

            // Queries are built from a bounded set of shapes, but filters make new ones: keep the cache from growing with them.
            if (commands.Count >= 512)
            {
                foreach (var old in commands.Values)
                {
                    old.Dispose();
                }

                commands.Clear();
            }

            commands.Add(sql, command);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i] switch
            {
                null => DBNull.Value,
                bool flag => flag ? 1L : 0L,
                var value => value,
            };
        }

        return command;
    }
}
