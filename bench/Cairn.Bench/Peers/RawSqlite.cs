using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Cairn.Bench.Peers;

/// <summary>The same table written and read by hand, with prepared statements and nothing above them.</summary>
internal sealed class RawSqlite : IDisposable
{
    private readonly SqliteConnection connection;

    public RawSqlite(string path)
    {
        connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("PRAGMA cache_size = -65536");
    }

    public SqliteConnection Connection => connection;

    public void Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Inserts rows that are ready as values, <paramref name="batch"/> to a transaction.</summary>
    public void Insert(IEnumerable<object[]> rows, int batch)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO resources (name, kind, parent, id, display_name, state, create_time, update_time, body, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        for (var i = 1; i <= 10; i++)
        {
            insert.Parameters.Add(new SqliteParameter { ParameterName = "$" + i.ToString(CultureInfo.InvariantCulture), Value = "" });
        }

        foreach (var group in rows.Chunk(batch))
        {
            Run("BEGIN");
            foreach (var row in group)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    insert.Parameters[i].Value = row[i];
                }

                insert.ExecuteNonQuery();
            }

            Run("COMMIT");
        }
    }

    public void Dispose() => connection.Dispose();
}
