using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Cairn.Kernel.Store.Search;
using Cairn.Metadata.Mirror;

namespace Cairn.Metadata.Filters;

/// <summary>
/// Comparisons of a context's <c>metadata._params.x.number_value</c>, <c>metadata._metrics.x</c> and <c>metadata._state</c>. What of these
/// belongs to a run is in the run's rows; other contexts, and what a run cannot hold, have it in the message.
/// </summary>
internal static class RunTerms
{
    private static readonly string[] Accessors = ["number_value", "string_value", "bool_value", "struct_value", "fields"];

    public static string? Metadata(FilterNode node, IFilterSql sql)
    {
        if (node is not ComparisonNode { Path: { Count: > 1 } path } comparison)
        {
            return null;
        }

        string[] rest = [.. path.Skip(2)];
        var key = string.Join('.', rest.Where(static segment => !Accessors.Contains(segment)));
        return path[1] switch
        {
            RunMetadata.ParamsKey when key.Length > 0 => Either(comparison, sql, test => Param(key, rest[^1], test, sql)),
            RunMetadata.MetricsKey when key.Length > 0 => Either(comparison, sql, test => Metric(key, test, sql)),
            RunMetadata.StateKey when key.Length == 0 => State(comparison, sql),
            _ => null,
        };
    }

    /// <summary>In the run's rows or in the message; unequal is what is equal in neither.</summary>
    private static string Either(ComparisonNode comparison, IFilterSql sql, Func<ComparisonNode, string> ofRun) =>
        comparison.Operator == "!="
            ? $"(NOT {ofRun(comparison with { Operator = "=" })} AND {sql.Field(comparison)})"
            : $"({ofRun(comparison)} OR COALESCE({sql.Field(comparison)}, {False(sql)}))";

    private static string Param(string key, string accessor, ComparisonNode test, IFilterSql sql)
    {
        const string join = "JOIN run_params p ON p.run = u.id";
        var head = $"p.key = {sql.Argument(key)}";
        return IsPresence(test) ? OfRun(join, head)
            : Number(test) is { } number
                ? OfRun(
                    join,
                    $"{head} AND CASE WHEN p.number = 1 THEN CAST(p.value AS DOUBLE PRECISION) END {Operator(test)} {sql.Argument(number)}"
                )
            : OfRun(
                join,
                $"{head}{(accessor == "string_value" ? " AND p.number = 0" : "")} AND {sql.Text("p.value", test.Operator, test.Value)}"
            );
    }

    private static string Metric(string key, ComparisonNode test, IFilterSql sql)
    {
        const string join = "JOIN run_metrics m ON m.run = u.id JOIN metric_keys k ON k.id = m.key";
        var head = $"k.name = {sql.Argument(key)}";
        if (IsPresence(test))
        {
            return OfRun(join, head);
        }

        if (Number(test) is { } number)
        {
            return OfRun(join, $"{head} AND m.nan = 0 AND m.value {Operator(test)} {sql.Argument(number)}");
        }

        // JSON has no numbers for these; they read as text.
        return test.Value switch
        {
            "NaN" => OfRun(join, $"{head} AND m.nan = 1"),
            "Infinity" => OfRun(join, $"{head} AND m.nan = 0 AND m.value = {sql.Argument(double.PositiveInfinity)}"),
            "-Infinity" => OfRun(join, $"{head} AND m.nan = 0 AND m.value = {sql.Argument(double.NegativeInfinity)}"),
            _ => False(sql),
        };
    }

    private static string State(ComparisonNode comparison, IFilterSql sql)
    {
        if (comparison.Operator is not ("=" or "!=" or ":"))
        {
            throw StatusException.InvalidArgument(
                $"`filter` compares metadata._state by '{comparison.Operator}'; a state has no order: use '=' or '!='."
            );
        }

        const string isRun = "EXISTS (SELECT 1 FROM metadata_nodes n WHERE n.name = r.name AND n.subject LIKE 'run:%')";
        var matches =
            IsPresence(comparison) ? isRun
            : RunState.Parse(comparison.Value) is { } status ? OfRun("", $"u.status = {sql.Argument((long)status)}")
            : False(sql);
        return $"CASE WHEN {isRun} THEN {(comparison.Operator == "!=" ? "NOT " : "")}{matches} ELSE COALESCE({sql.Field(comparison)}, {False(sql)}) END";
    }

    private static string OfRun(string join, string test) =>
        $"EXISTS (SELECT 1 FROM metadata_nodes n JOIN runs u ON u.uuid = SUBSTR(n.subject, {Subjects.RunPrefix.Length + 1}) {join} WHERE n.name = r.name AND n.subject LIKE 'run:%' AND {test})";

    private static bool IsPresence(ComparisonNode test) => test is { Operator: ":", Value: "*", Quoted: false };

    private static double? Number(ComparisonNode test) =>
        !test.Quoted
        && double.TryParse(test.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    private static string Operator(ComparisonNode test) => test.Operator == ":" ? "=" : test.Operator;

    private static string False(IFilterSql sql) => sql.Dialect == Kernel.Database.SqlDialect.Sqlite ? "0" : "FALSE";
}
