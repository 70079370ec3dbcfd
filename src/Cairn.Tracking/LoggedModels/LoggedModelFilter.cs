using Cairn.Kernel.Errors;
using Cairn.Tracking.Search;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Comparisons of a search as conditions over <c>logged_models m</c>.</summary>
/// <param name="arguments">Where values go.</param>
/// <param name="key">The number of a metric's name, or null where nothing has that name.</param>
/// <param name="datasets">Where metrics must have been measured; empty for anywhere.</param>
internal sealed class LoggedModelFilter(SearchArguments arguments, Func<string, long?> key, IReadOnlyList<DatasetName> datasets)
{
    public string Condition(SearchClause clause)
    {
        var field = LoggedModelField.Parse(clause.Path);
        return field.Kind switch
        {
            LoggedModelFieldKind.Metric => Metric(field.Key, clause),
            LoggedModelFieldKind.Param => Pair("logged_model_params", field.Key, clause),
            LoggedModelFieldKind.Tag => Pair("logged_model_tags", field.Key, clause),
            _ when field.Key == "status" => Status(clause),
            _ when field.IsNumber => arguments.Number(
                $"m.{field.Key}",
                clause,
                (long)Math.Clamp(clause.Number(), long.MinValue, long.MaxValue)
            ),
            _ => arguments.Text($"m.{field.Key}", Needs(clause)),
        };
    }

    /// <summary>Models that anything was measured of on the datasets.</summary>
    public string Measured() => $"EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model = m.id{On(datasets)})";

    /// <summary>The condition that a metric <c>x</c> was measured on one of some datasets; empty for none.</summary>
    public string On(IReadOnlyList<DatasetName> named) =>
        named.Count == 0
            ? ""
            : " AND ("
                + string.Join(
                    " OR ",
                    named.Select(dataset =>
                        dataset.Digest is { } digest
                            ? $"(x.dataset_name = {arguments.Add(dataset.Name)} AND x.dataset_digest = {arguments.Add(digest)})"
                            : $"x.dataset_name = {arguments.Add(dataset.Name)}"
                    )
                )
                + ")";

    private string Metric(string name, SearchClause clause)
    {
        // A NaN is unlike every number, and equal to, less or greater than none.
        var comparison = arguments.Number("x.value", clause, clause.Number());
        comparison = clause.Operator == "!=" ? $"(x.nan = 1 OR {comparison})" : $"x.nan = 0 AND {comparison}";
        return key(name) is { } id
            ? $"EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model = m.id AND x.key = {arguments.Add(id)} AND {comparison}{On(datasets)})"
            : "1 = 0";
    }

    private string Pair(string table, string name, SearchClause clause)
    {
        var head = $"EXISTS (SELECT 1 FROM {table} p WHERE p.model = m.id AND p.key = {arguments.Add(name)}";
        return clause.Operator switch
        {
            "IS NULL" => $"NOT {head})",
            "IS NOT NULL" => $"{head})",
            _ => $"{head} AND {arguments.Text("p.value", clause)})",
        };
    }

    private string Status(SearchClause clause)
    {
        var list = string.Join(", ", clause.Values.Select(value => arguments.Add((long)LoggedModelStatusNames.Parse(value))));
        return clause.Operator switch
        {
            "=" or "IN" => $"m.status IN ({list})",
            "!=" or "NOT IN" => $"m.status NOT IN ({list})",
            _ => throw StatusException.InvalidArgument($"'{clause.Path}' is compared by '{clause.Operator}'. Use one of = != IN NOT IN."),
        };
    }

    private static SearchClause Needs(SearchClause clause) =>
        clause.Values.Count > 0
            ? clause
            : throw StatusException.InvalidArgument(
                $"'{clause.Path}' is of every logged model; it cannot be compared by '{clause.Operator}'."
            );
}
