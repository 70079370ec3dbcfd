using System.Data.Common;

namespace Cairn.Kernel.Database;

/// <summary>
/// One transaction (in <see cref="IDatabase.WriteAsync{T}"/>) or one consistent snapshot (in <see cref="IDatabase.ReadAsync{T}"/>).
/// SQL is constant text with positional parameters <c>$1</c>, <c>$2</c>, …; values are <c>null</c>, <see cref="string"/>,
/// <see cref="long"/>,
/// <see cref="int"/>, <see cref="double"/>, <see cref="bool"/> (stored as 0/1) or <see cref="byte"/> arrays. Valid only inside the function
/// it was given to. One statement at a time: the functions that map rows do not use the session.
/// </summary>
public interface ISqlSession
{
    SqlDialect Dialect { get; }

    /// <summary>Runs a statement; returns the number of rows it changed.</summary>
    int Execute(string sql, params ReadOnlySpan<object?> arguments);

    /// <summary>Runs a query and maps every row.</summary>
    List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments);

    /// <summary>Runs a query and maps its first row, or returns the default where there is none.</summary>
    T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> arguments);

    /// <summary>
    /// Has <paramref name="effect"/> run once, when what this transaction wrote is durable and before the caller hears of it; never where
    /// it is rolled back. For waking whoever looks at what was written: quick, and its failure is nobody's.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is a read, which commits nothing.</exception>
    void OnCommit(Action effect);
}
