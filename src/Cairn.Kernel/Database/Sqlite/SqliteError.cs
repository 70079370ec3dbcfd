using System.Data.Common;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>What the engine refused, with its extended result code (sqlite.org/rescode.html).</summary>
internal sealed class SqliteError(string message, int code) : DbException(message)
{
    public override int ErrorCode => code;
}
