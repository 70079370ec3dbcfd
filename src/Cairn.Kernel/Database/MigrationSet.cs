namespace Cairn.Kernel.Database;

/// <summary>
/// A capability's tables, as forward-only steps; step <c>i</c> brings the owner to version <c>i + 1</c>. A step that has shipped never
/// changes. In the SQL, <c>{blob}</c>, <c>{json}</c>, <c>{text}</c> (byte-wise ordered text) and <c>{serial}</c> (an auto-incremented
/// integer primary key) become the dialect's type. Statements are separated by <c>;</c> at a line's end.
/// </summary>
/// <param name="Owner">The capability: <c>kernel</c>, <c>data</c>, <c>jobs</c>, …</param>
/// <param name="Steps">The SQL of each step.</param>
public sealed record MigrationSet(string Owner, IReadOnlyList<string> Steps)
{
    /// <summary>
    /// What SQLite's planner is to assume of an index (index name → <c>sqlite_stat1.stat</c>: rows of the table, then the rows that share
    /// the first column, the first two, …; sqlite.org/fileformat2.html#stat1tab). Without it the planner takes any range for more selective
    /// than an order that an index has, and sorts a million rows for a page; with it, plans are the same on an empty store and on a full
    /// one. PostgreSQL gathers its own.
    /// </summary>
    public IReadOnlyDictionary<string, string> SqliteStatistics { get; init; } = new Dictionary<string, string>();
}
