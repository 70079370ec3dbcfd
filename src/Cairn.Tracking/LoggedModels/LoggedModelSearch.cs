using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Search;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Searches logged models by MLflow's language, a page at a time, in the engine.</summary>
public sealed class LoggedModelSearch(IDatabase database, MetricKeys metricKeys, LoggedModelReader reader)
{
    private static readonly int Columns = LoggedModelStore.Columns.Split(',').Length;

    /// <exception cref="StatusException">INVALID_ARGUMENT for a filter, order or token that cannot be read.</exception>
    public Task<LoggedModelPage> SearchAsync(LoggedModelQuery query, CancellationToken cancellation = default)
    {
        if (query.PageSize is < 1 or > LoggedModelQuery.MaxPage)
        {
            throw StatusException.InvalidArgument($"`max_results` is {query.PageSize}; it must be 1 to {LoggedModelQuery.MaxPage}.");
        }

        var clauses = SearchParser.Parse(query.Filter);
        var cursor = SearchCursor.Read(query.Identity, query.PageToken);
        return database.ReadAsync(session => Search(session, query, clauses, cursor), cancellation);
    }

    private LoggedModelPage Search(ISqlSession session, LoggedModelQuery query, IReadOnlyList<SearchClause> clauses, SearchCursor? cursor)
    {
        var arguments = new SearchArguments(session.Dialect);
        var statement = new LoggedModelStatement(arguments, query, clauses, name => metricKeys.Find(session, name));
        if (cursor is not null && cursor.Keys.Count != statement.Keys.Count)
        {
            throw StatusException.InvalidArgument("The page token is not one that this search returned.");
        }

        object[] last = [];
        var count = 0;
        var found = session.Query(
            statement.Text(cursor, query.PageSize + 1),
            row =>
            {
                if (++count == query.PageSize)
                {
                    last = [.. statement.Keys.Select((key, i) => key.Read(row, Columns + i))];
                }

                return LoggedModelStore.Read(row);
            },
            arguments.Values
        );
        var page = found.Take(query.PageSize).ToList();
        return new LoggedModelPage(
            page,
            reader.Read(session, page),
            found.Count > query.PageSize ? new SearchCursor(0, last).Write(query.Identity) : ""
        );
    }
}
