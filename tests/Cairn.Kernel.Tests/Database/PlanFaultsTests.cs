using Cairn.Testing.Plans;

namespace Cairn.Kernel.Tests.Database;

public sealed class PlanFaultsTests
{
    [Theory]
    [InlineData("SELECT l.run FROM metric_logs l JOIN runs r ON r.id = l.run WHERE l.indexed < l.seq LIMIT 64", "SCAN r", "runs")]
    [InlineData("UPDATE tasks SET state = 4 WHERE project = $1", "SCAN tasks", "tasks")]
    [InlineData("SELECT a FROM runs, tasks AS t", "SCAN t USING COVERING INDEX tasks_x", "tasks")]
    [InlineData("SELECT 1\n  FROM\n  runs", "SCAN TABLE runs", "runs")]
    [InlineData("SELECT run, seq FROM metric_logs WHERE seq > 0", "SCAN metric_logs", "metric_logs")]
    public void a_table_that_is_gone_through_is_found_by_its_name(string sql, string line, string table) =>
        PlanFaults.Of(sql, [line]).ShouldHaveSingleItem().ShouldStartWith(table + " ");

    [Theory]
    [InlineData("SELECT * FROM runs WHERE uuid = $1", "SEARCH runs USING INDEX runs_by_uuid (uuid=?)")]
    [InlineData("SELECT * FROM runs WHERE id IN (SELECT value FROM json_each($1))", "SCAN json_each VIRTUAL TABLE INDEX 1:")]
    [InlineData(
        "WITH among(id) AS (SELECT value FROM json_each($1)) SELECT * FROM among CROSS JOIN runs r WHERE r.id = among.id",
        "SCAN among"
    )]
    [InlineData("INSERT INTO runs (id) VALUES ($1), ($2)", "SCAN 2-ROW VALUES CLAUSE")]
    [InlineData("CREATE INDEX i ON runs (id)", "SCAN runs")]
    [InlineData("SELECT run, seq FROM metric_logs WHERE indexed < seq ORDER BY run", "SCAN metric_logs USING INDEX metric_logs_unindexed")]
    public void what_is_searched_or_made_by_the_statement_or_listed_is_right(string sql, string line) =>
        PlanFaults.Of(sql, [line]).ShouldBeEmpty();
}
