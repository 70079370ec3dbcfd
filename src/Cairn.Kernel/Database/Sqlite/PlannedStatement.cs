namespace Cairn.Kernel.Database.Sqlite;

/// <summary>A statement with what the engine means to do for it.</summary>
/// <param name="Sql">Its text.</param>
/// <param name="Plan">The lines of <c>EXPLAIN QUERY PLAN</c> (sqlite.org/eqp.html): <c>SEARCH r USING INDEX runs_by_uuid
/// (uuid=?)</c>.</param>
public sealed record PlannedStatement(string Sql, IReadOnlyList<string> Plan);
