using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

/// <summary>Parses MLflow's search language: comparisons joined by AND.</summary>
public sealed class SearchParser
{
    private const int MaxClauses = 100;

    private readonly List<SearchToken> _tokens;
    private int _at;

    private SearchParser(string text) => _tokens = SearchLexer.Split(text);

    private SearchToken Current => _tokens[_at];

    /// <exception cref="StatusException">INVALID_ARGUMENT that says what was expected where.</exception>
    public static IReadOnlyList<SearchClause> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var parser = new SearchParser(text);
        var clauses = new List<SearchClause> { parser.Clause() };
        while (parser.Current.Kind != SearchTokenKind.End)
        {
            if (parser.Current.Is("OR"))
            {
                throw StatusException.InvalidArgument(
                    $"The filter has OR at position {parser.Current.Position + 1}; comparisons can be joined by AND only."
                );
            }

            if (!parser.Current.Is("AND"))
            {
                throw parser.Expected("AND or the end");
            }

            parser._at++;
            clauses.Add(parser.Clause());
            if (clauses.Count > MaxClauses)
            {
                throw StatusException.InvalidArgument($"The filter has more than {MaxClauses} comparisons.");
            }
        }

        return clauses;
    }

    private SearchClause Clause()
    {
        var path = Current;
        if (path.Kind != SearchTokenKind.Word)
        {
            throw Expected("a name, as in metrics.accuracy or params.`learning rate`");
        }

        _at++;
        var op = Operator();
        if (op is "IS NULL" or "IS NOT NULL")
        {
            return new SearchClause(path.Text, op, [], false, path.Position);
        }

        if (op is "IN" or "NOT IN")
        {
            return new SearchClause(path.Text, op, List(), true, path.Position);
        }

        var value = Current;
        if (
            value.Kind is not (SearchTokenKind.Quoted or SearchTokenKind.Number)
            && !(value.Kind == SearchTokenKind.Word && IsSpecialNumber(value.Text))
        )
        {
            throw Expected("a number, or a text in quotes");
        }

        _at++;
        return new SearchClause(path.Text, op, [value.Text], value.Kind == SearchTokenKind.Quoted, path.Position);
    }

    private static bool IsSpecialNumber(string text) => text.ToUpperInvariant() is "NAN" or "INF" or "INFINITY";

    private string Operator()
    {
        var token = Current;
        _at++;
        if (token.Kind == SearchTokenKind.Operator)
        {
            return token.Text;
        }

        if (token.Is("LIKE") || token.Is("ILIKE") || token.Is("IN"))
        {
            return token.Text.ToUpperInvariant();
        }

        if (token.Is("NOT") && Current.Is("IN"))
        {
            _at++;
            return "NOT IN";
        }

        if (token.Is("IS"))
        {
            var not = Current.Is("NOT");
            _at += not ? 1 : 0;
            if (Current.Is("NULL"))
            {
                _at++;
                return not ? "IS NOT NULL" : "IS NULL";
            }
        }

        _at--;
        throw Expected("one of = != < <= > >= LIKE ILIKE IN NOT IN");
    }

    private List<string> List()
    {
        if (Current.Kind != SearchTokenKind.Open)
        {
            throw Expected("a list in parentheses, as in ('a', 'b')");
        }

        var values = new List<string>();
        do
        {
            _at++;
            if (Current.Kind is not (SearchTokenKind.Quoted or SearchTokenKind.Number))
            {
                throw Expected("a text in quotes");
            }

            values.Add(Current.Text);
            _at++;
        } while (Current.Kind == SearchTokenKind.Comma);

        if (Current.Kind != SearchTokenKind.Close)
        {
            throw Expected("',' or ')'");
        }

        _at++;
        return values;
    }

    private StatusException Expected(string what) =>
        StatusException.InvalidArgument(
            Current.Kind == SearchTokenKind.End
                ? $"The filter ends where {what} was expected."
                : $"The filter has '{Current.Text}' at position {Current.Position + 1}, where {what} was expected."
        );
}
