using System.Globalization;
using Cairn.Kernel.Database;

namespace Cairn.Tracking.Runs;

/// <summary>Many row ids as one argument, so that the text of a statement does not depend on how many there are.</summary>
internal static class IdList
{
    /// <summary>What stands in <c>IN (…)</c>.</summary>
    public static string Sql(SqlDialect dialect, string argument = "$1") =>
        dialect == SqlDialect.Sqlite
            ? $"SELECT value FROM json_each({argument})"
            : $"SELECT CAST(jsonb_array_elements_text(CAST({argument} AS JSONB)) AS BIGINT)";

    public static string Argument(IEnumerable<long> ids) =>
        "[" + string.Join(',', ids.Select(static id => id.ToString(CultureInfo.InvariantCulture))) + "]";
}
