using System.Text;
using SQLitePCL;

namespace Cairn.Bench.Peers;

/// <summary>The same table written and read by hand: the engine's own calls, prepared statements, and nothing above them.</summary>
internal sealed class RawSqlite : IDisposable
{
    private const string InsertRow =
        "INSERT INTO resources (name, kind, parent, id, display_name, state, create_time, update_time, body, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    private readonly sqlite3 _connection;

    public RawSqlite(string path)
    {
        Check(raw.sqlite3_open(path, out _connection));
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("PRAGMA cache_size = -65536");
    }

    public void Run(string sql) => Check(raw.sqlite3_exec(_connection, sql));

    /// <summary>Inserts rows that are ready as values, <paramref name="batch"/> to a transaction.</summary>
    public void Insert(IEnumerable<object[]> rows, int batch)
    {
        using var insert = Prepare(InsertRow);
        foreach (var group in rows.Chunk(batch))
        {
            Run("BEGIN");
            foreach (var row in group)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    Bind(insert, i + 1, row[i]);
                }

                raw.sqlite3_step(insert);
                Check(raw.sqlite3_reset(insert));
            }

            Run("COMMIT");
        }
    }

    /// <summary>The first column of every row, as bytes that are read in place.</summary>
    public void Read(string sql, string argument, Action<ReadOnlySpan<byte>> row)
    {
        using var statement = Prepare(sql);
        Bind(statement, 1, argument);
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
            row(raw.sqlite3_column_blob(statement, 0));
        }
    }

    /// <summary>The first column of every row, as texts.</summary>
    public List<string> Texts(string sql)
    {
        var texts = new List<string>();
        using var statement = Prepare(sql);
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
            texts.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string());
        }

        return texts;
    }

    public void Dispose() => _connection.Dispose();

    private static void Bind(sqlite3_stmt statement, int position, object value) =>
        Check(
            value switch
            {
                long number => raw.sqlite3_bind_int64(statement, position, number),
                byte[] bytes => raw.sqlite3_bind_blob(statement, position, bytes),
                _ => raw.sqlite3_bind_text(statement, position, Encoding.UTF8.GetBytes((string)value)),
            }
        );

    private static void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite answered {result}.");
        }
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_connection, sql, out var statement));
        return statement;
    }
}
