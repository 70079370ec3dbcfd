using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>
/// Comparisons of a run search as conditions over <c>runs r</c>: all but those of metrics, which <see cref="RunSelection"/> answers.
/// </summary>
/// <param name="arguments">Where values go.</param>
internal sealed class RunFilter(SearchArguments arguments)
{
    public string Condition(SearchClause clause)
    {
        var field = RunField.Parse(clause.Path);
        return field.Kind switch
        {
            RunFieldKind.Param => Pair("run_params", field.Key, clause),
            RunFieldKind.Tag => Pair("run_tags", field.Key, clause),
            RunFieldKind.Dataset => Dataset(field.Key, clause),
            _ => Attribute(field.Key, clause),
        };
    }

    private string Pair(string table, string name, SearchClause clause)
    {
        var head = $"EXISTS (SELECT 1 FROM {table} p WHERE p.run = r.id AND p.key = {arguments.Add(name)}";
        return clause.Operator switch
        {
            "IS NULL" => $"NOT {head})",
            "IS NOT NULL" => $"{head})",
            _ when !clause.Quoted => throw StatusException.InvalidArgument(
                $"'{clause.Path}' is text and is compared with {string.Join(", ", clause.Values)}; write it in quotes: '{string.Join(", ", clause.Values)}'."
            ),
            _ => $"{head} AND {arguments.Text("p.value", clause)})",
        };
    }

    private string Dataset(string name, SearchClause clause) =>
        name.ToLowerInvariant() switch
        {
            "name" => $"EXISTS (SELECT 1 FROM run_inputs i WHERE i.run = r.id AND {arguments.Text("i.name", clause)})",
            "digest" => $"EXISTS (SELECT 1 FROM run_inputs i WHERE i.run = r.id AND {arguments.Text("i.digest", clause)})",
            "context" => $"EXISTS (SELECT 1 FROM run_inputs i WHERE i.run = r.id AND {arguments.Text("i.context", clause)})",
            _ => throw StatusException.InvalidArgument(
                $"A dataset has no '{name}' to search by. There are dataset.name, dataset.digest and dataset.context."
            ),
        };

    private string Attribute(string column, SearchClause clause)
    {
        switch (column)
        {
            case "started" or "ended":
                return arguments.Number($"r.{column}", clause, (long)Math.Clamp(clause.Number(), long.MinValue, long.MaxValue));
            case "experiment":
                return arguments.Number(
                    "r.experiment",
                    clause,
                    long.TryParse(clause.Value, CultureInfo.InvariantCulture, out var id) ? id : -1
                );
            case "status":
                return Status(clause);
            default:
                return arguments.Text($"r.{column}", clause);
        }
    }

    /// <summary>A status is text to those who search, and a number in the row. What is the name of none is equal to none.</summary>
    private string Status(SearchClause clause)
    {
        if (clause.Operator is "LIKE" or "ILIKE")
        {
            var names = Enum.GetValues<RunStatus>()
                .Select(static status => $"WHEN {(int)status} THEN '{status.ToString().ToUpperInvariant()}'");
            return arguments.Text($"(CASE r.status {string.Join(' ', names)} END)", clause);
        }

        var list = string.Join(
            ", ",
            clause
                .Values.Select(static value =>
                    Enum.TryParse<RunStatus>(value, ignoreCase: true, out var status) && !char.IsAsciiDigit(value[0]) ? (long)status : 0
                )
                .Select(number => arguments.Add(number))
        );
        return clause.Operator switch
        {
            "=" or "IN" => $"r.status IN ({list})",
            "!=" or "NOT IN" => $"r.status NOT IN ({list})",
            _ => throw StatusException.InvalidArgument(
                $"'{clause.Path}' is text; it cannot be compared by '{clause.Operator}'. Use one of = != LIKE ILIKE IN NOT IN."
            ),
        };
    }
}
