using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>Searches experiments by MLflow's language.</summary>
public sealed class ExperimentSearch(IDatabase database, ExperimentStore experiments)
{
    private const string Columns =
        "e.id, e.project, e.location, e.slug, e.name, e.artifact_location, e.stage, e.created, e.updated, e.tensorboard";

    /// <exception cref="StatusException">INVALID_ARGUMENT for a filter, order or token that cannot be read.</exception>
    public Task<ExperimentPage> SearchAsync(ExperimentQuery query, CancellationToken cancellation = default)
    {
        if (query.PageSize is < 1 or > ExperimentQuery.MaxPage)
        {
            throw StatusException.InvalidArgument($"`max_results` is {query.PageSize}; it must be 1 to {ExperimentQuery.MaxPage}.");
        }

        var clauses = SearchParser.Parse(query.Filter);
        var keys = Keys(query.OrderBy);
        var cursor = SearchCursor.Read(query.Identity, query.PageToken);
        if (cursor is not null && cursor.Keys.Count != keys.Count)
        {
            throw StatusException.InvalidArgument("The page token is not one that this search returned.");
        }

        return database.ReadAsync(session => Search(session, query, clauses, keys, cursor), cancellation);
    }

    private ExperimentPage Search(
        ISqlSession session,
        ExperimentQuery query,
        IReadOnlyList<SearchClause> clauses,
        IReadOnlyList<SortKey> keys,
        SearchCursor? cursor
    )
    {
        var arguments = new SearchArguments(session.Dialect);
        var conditions = new List<string>
        {
            $"e.project = {arguments.Add(query.Project)} AND e.location = {arguments.Add(query.Location)}",
        };
        if (query.Stage is { } stage)
        {
            conditions.Add($"e.stage = {arguments.Add((long)stage)}");
        }

        conditions.AddRange(clauses.Select(clause => Condition(arguments, clause)));
        if (cursor is not null)
        {
            conditions.Add(SortKey.After(keys, cursor.Keys, arguments));
        }

        var text =
            $"SELECT {Columns}{string.Concat(keys.Select(static key => ", " + key.Sql))} FROM experiments e WHERE {string.Join(" AND ", conditions)} "
            + $"ORDER BY {SortKey.OrderBy(keys)} LIMIT {(query.PageSize + 1).ToString(CultureInfo.InvariantCulture)}";
        object[] last = [];
        var count = 0;
        var found = session.Query(
            text,
            row =>
            {
                if (++count == query.PageSize)
                {
                    last = [.. keys.Select((key, i) => key.Read(row, 10 + i))];
                }

                return ExperimentStore.Read(row);
            },
            arguments.Values
        );
        var page = found.Take(query.PageSize).ToList();
        return new ExperimentPage(
            page,
            experiments.Tags(session, page),
            found.Count > query.PageSize ? new SearchCursor(0, last).Write(query.Identity) : ""
        );
    }

    private static List<SortKey> Keys(IReadOnlyList<string> entries)
    {
        var keys = new List<SortKey>();
        foreach (var entry in entries)
        {
            var tokens = SearchLexer.Split(entry);
            var direction = tokens.Count == 3 ? tokens[1].Text.ToUpperInvariant() : "";
            if (tokens.Count > 3 || (tokens.Count == 3 && direction is not ("ASC" or "DESC")))
            {
                throw StatusException.InvalidArgument(
                    $"`order_by` has '{entry}'; write a name, and ASC or DESC after it where wanted: 'name ASC'."
                );
            }

            var column = Column(tokens[0].Text);
            keys.Add(new SortKey("e." + column, direction == "DESC", column == "name" ? 'T' : 'N'));
        }

        if (keys.Count == 0)
        {
            keys.Add(new SortKey("e.created", true, 'N'));
        }

        if (!keys.Any(static key => key.Sql == "e.id"))
        {
            keys.Add(new SortKey("e.id", true, 'N'));
        }

        return keys;
    }

    private static string Condition(SearchArguments arguments, SearchClause clause)
    {
        var dot = clause.Path.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && clause.Path[..dot].ToLowerInvariant() is "tag" or "tags")
        {
            var head =
                $"EXISTS (SELECT 1 FROM experiment_tags t WHERE t.experiment = e.id AND t.key = {arguments.Add(clause.Path[(dot + 1)..])}";
            return clause.Operator switch
            {
                "IS NULL" => $"NOT {head})",
                "IS NOT NULL" => $"{head})",
                _ => $"{head} AND {arguments.Text("t.value", clause)})",
            };
        }

        var column = Column(clause.Path);
        return column == "name" ? arguments.Text("e.name", clause) : arguments.Number("e." + column, clause, (long)clause.Number());
    }

    private static string Column(string path)
    {
        var name = path.ToLowerInvariant();
        name = name[(name.LastIndexOf('.') + 1)..];
        return name switch
        {
            "name" => "name",
            "creation_time" => "created",
            "last_update_time" => "updated",
            "experiment_id" or "id" => "id",
            _ => throw StatusException.InvalidArgument(
                $"Experiments have no attribute '{path}' to search by. There are name, creation_time, last_update_time, experiment_id and tags.NAME."
            ),
        };
    }
}
