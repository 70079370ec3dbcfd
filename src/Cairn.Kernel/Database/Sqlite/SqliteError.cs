using System.Data.Common;
using Cairn.Kernel.Errors;
using SQLitePCL;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>What the engine refused, with its extended result code (sqlite.org/rescode.html).</summary>
internal sealed class SqliteError(string message, int code) : DbException(message)
{
    // The index of the log is a file too, which is made larger page by page.
    private const int IndexCannotGrow = raw.SQLITE_IOERR | (19 << 8);

    public override int ErrorCode => code;

    /// <summary>Whether there was no room on the disk.</summary>
    public bool IsFull => (code & 0xFF) == raw.SQLITE_FULL || code == IndexCannotGrow;

    /// <summary>Whether the file is not what the engine has written.</summary>
    public bool IsDamage => (code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The failure as callers are told of it; what is nobody's to know stays what it is.</summary>
    public static Exception ForCallers(Exception error) =>
        error switch
        {
            SqliteError { IsFull: true } => new StoreException(StorageErrors.Full(), error),
            SqliteError { IsDamage: true } => new StoreException(StorageErrors.Damaged(), error),
            _ => error,
        };
}
