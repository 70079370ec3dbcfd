using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// The current row of a statement, as the reader that rows of either database are mapped from. It moves only as its session steps.
/// </summary>
internal sealed class SqliteRow(SqliteStatement statement) : DbDataReader
{
    public override int FieldCount => statement.Columns;

    public override int Depth => 0;

    public override bool HasRows => true;

    public override bool IsClosed => false;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool IsDBNull(int ordinal) => statement.IsNull(ordinal);

    public override long GetInt64(int ordinal) => statement.Int64(NotNull(ordinal));

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public override double GetDouble(int ordinal) => statement.Double(NotNull(ordinal));

    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);

    // Numbers are asked for as text where an expression has either type.
    public override string GetString(int ordinal) =>
        statement.Type(ordinal) switch
        {
            raw.SQLITE_INTEGER => statement.Int64(ordinal).ToString(CultureInfo.InvariantCulture),
            raw.SQLITE_FLOAT => statement.Double(ordinal).ToString("R", CultureInfo.InvariantCulture),
            raw.SQLITE_NULL => throw Null(ordinal),
            _ => Encoding.UTF8.GetString(statement.Bytes(ordinal)),
        };

    public override T GetFieldValue<T>(int ordinal)
    {
        if (typeof(T) == typeof(byte[]))
        {
            return (T)(object)statement.Bytes(NotNull(ordinal)).ToArray();
        }

        return (T)Convert.ChangeType(GetValue(ordinal), typeof(T), CultureInfo.InvariantCulture);
    }

    public override object GetValue(int ordinal) =>
        statement.Type(ordinal) switch
        {
            raw.SQLITE_INTEGER => statement.Int64(ordinal),
            raw.SQLITE_FLOAT => statement.Double(ordinal),
            raw.SQLITE_TEXT => GetString(ordinal),
            raw.SQLITE_BLOB => statement.Bytes(ordinal).ToArray(),
            _ => DBNull.Value,
        };

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }

        return count;
    }

    public override string GetName(int ordinal) => statement.Name(ordinal);

    public override int GetOrdinal(string name)
    {
        for (var i = 0; i < FieldCount; i++)
        {
            if (statement.Name(i) == name)
            {
                return i;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(name), name, "The row has no such column.");
    }

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
    {
        var bytes = statement.Bytes(NotNull(ordinal));
        if (buffer is null)
        {
            return bytes.Length;
        }

        var part = bytes[(int)Math.Min(dataOffset, bytes.Length)..];
        part = part[..Math.Min(length, part.Length)];
        part.CopyTo(buffer.AsSpan(bufferOffset));
        return part.Length;
    }

    public override Type GetFieldType(int ordinal) => GetValue(ordinal).GetType();

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override char GetChar(int ordinal) => GetString(ordinal)[0];

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException("Read text with GetString.");

    public override DateTime GetDateTime(int ordinal) => throw new NotSupportedException("Times are stored as microseconds.");

    public override decimal GetDecimal(int ordinal) => throw new NotSupportedException("No decimals are stored.");

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException("No GUIDs are stored.");

    public override IEnumerator GetEnumerator() => throw new NotSupportedException("A row is mapped where it is read.");

    public override bool Read() => throw new NotSupportedException("The session steps through the rows.");

    public override bool NextResult() => false;

    private int NotNull(int ordinal) => statement.IsNull(ordinal) ? throw Null(ordinal) : ordinal;

    private InvalidCastException Null(int ordinal) => new($"Column {ordinal} ('{statement.Name(ordinal)}') is NULL.");
}
