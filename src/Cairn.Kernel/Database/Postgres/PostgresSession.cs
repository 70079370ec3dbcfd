using System.Data.Common;
using Npgsql;

namespace Cairn.Kernel.Database.Postgres;

/// <summary>One transaction on one pooled connection. Npgsql prepares what it sees often.</summary>
/// <param name="connection">An open connection.</param>
/// <param name="transaction">The transaction on it.</param>
/// <param name="effects">Takes what is to happen once it is committed; null for a read.</param>
internal sealed class PostgresSession(NpgsqlConnection connection, NpgsqlTransaction transaction, CommitEffects? effects) : ISqlSession
{
    public SqlDialect Dialect => SqlDialect.PostgreSql;

    public int Execute(string sql, params ReadOnlySpan<object?> arguments)
    {
        using var command = Command(sql, arguments);
        return command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var command = Command(sql, arguments);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var command = Command(sql, arguments);
        using var reader = command.ExecuteReader();
        return reader.Read() ? map(reader) : default;
    }

    public void OnCommit(Action effect) =>
        (effects ?? throw new InvalidOperationException("Only a write is committed; this is a read.")).Add(effect);

    private NpgsqlCommand Command(string sql, ReadOnlySpan<object?> arguments)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var argument in arguments)
        {
            if (argument is string text)
            {
                SqlArguments.Require(text);
            }

            command.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = argument switch
                    {
                        null => DBNull.Value,
                        bool flag => flag ? 1L : 0L,
                        int number => (long)number,
                        var value => value,
                    },
                }
            );
        }

        return command;
    }
}
