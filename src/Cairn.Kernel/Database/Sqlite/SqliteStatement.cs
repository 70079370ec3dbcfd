using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// A prepared statement. The engine's own calls, without a provider between: a read of one row is a few microseconds, and a provider's
/// parameters, readers and statement lists cost more than that.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _handle;

    private readonly int[] _positions;

    /// <param name="connection">The connection.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="arguments">How many arguments <c>$1</c>, <c>$2</c>, … it is given.</param>
    public SqliteStatement(sqlite3 connection, string sql, int arguments)
    {
        _connection = connection;
        Row = new SqliteRow(this);
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle));
        Columns = raw.sqlite3_column_count(_handle);
        // The engine numbers parameters as their names occur. One that the text does not mention has position 0.
        _positions = [.. Enumerable.Range(1, arguments).Select(number => raw.sqlite3_bind_parameter_index(_handle, $"${number}"))];
        if (_positions.Count(static position => position > 0) < raw.sqlite3_bind_parameter_count(_handle))
        {
            _handle.Dispose();
            throw new ArgumentException($"The statement has other parameters than $1 to ${arguments}: {sql}");
        }
    }

    /// <summary>How many columns a row has; 0 where the statement returns none.</summary>
    public int Columns { get; }

    /// <summary>The row that <see cref="Step"/> came to.</summary>
    public SqliteRow Row { get; }

    /// <summary>Sets the parameters; <see cref="Step"/> then runs the statement.</summary>
    public void Start(ReadOnlySpan<object?> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (_positions[i] > 0)
            {
                Check(Bind(_positions[i], arguments[i]));
            }
        }
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_handle);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        return result == raw.SQLITE_DONE ? false : throw Error(result);
    }

    /// <summary>Makes the statement ready to run again, and lets go of the rows it holds.</summary>
    public void Reset() => raw.sqlite3_reset(_handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    /// <summary>The engine's type of a value: SQLITE_INTEGER, _FLOAT, _TEXT, _BLOB or _NULL.</summary>
    public int Type(int column) => raw.sqlite3_column_type(_handle, column);

    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);

    public double Double(int column) => raw.sqlite3_column_double(_handle, column);

    /// <summary>The bytes of a text (UTF-8) or a blob, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_handle, column);

    public string Name(int column) => raw.sqlite3_column_name(_handle, column).utf8_to_string();

    public void Dispose()
    {
        Row.Dispose();
        _handle.Dispose();
    }

    private int Bind(int position, object? value) =>
        value switch
        {
            null => raw.sqlite3_bind_null(_handle, position),
            string text => BindText(position, text),
            long number => raw.sqlite3_bind_int64(_handle, position, number),
            int number => raw.sqlite3_bind_int64(_handle, position, number),
            double number => raw.sqlite3_bind_double(_handle, position, number),
            bool flag => raw.sqlite3_bind_int64(_handle, position, flag ? 1 : 0),
            // An empty span has no address, and the engine takes no address for NULL.
            byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(_handle, position, 0),
            byte[] bytes => raw.sqlite3_bind_blob(_handle, position, bytes),
            _ => throw new ArgumentException($"A {value.GetType().Name} cannot be an argument of SQL."),
        };

    private int BindText(int position, string text)
    {
        SqlArguments.Require(text);
        if (text.Length == 0)
        {
            return raw.sqlite3_bind_text(_handle, position, "");
        }

        const int OnStack = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var buffer = most <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(text, buffer);
        // The engine copies the text before the call returns.
        var result = raw.sqlite3_bind_text(_handle, position, buffer[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return result;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Error(result);
        }
    }

    private SqliteError Error(int result) =>
        new($"SQLite: {raw.sqlite3_errmsg(_connection).utf8_to_string()} ({result}).", raw.sqlite3_extended_errcode(_connection));
}
