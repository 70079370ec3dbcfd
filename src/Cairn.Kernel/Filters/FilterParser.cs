using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Filters;

/// <summary>
/// Parses AIP-160 filters: <c>AND OR NOT</c> (and <c>-</c>), juxtaposition as AND, comparison, <c>:</c> (has), functions, dotted paths. As
/// in AIP-160, OR binds tighter than AND.
/// </summary>
public sealed class FilterParser
{
    /// <summary>The longest accepted filter in characters.</summary>
    public const int MaxLength = 16_384;

    private const int MaxDepth = 64;
    private const int MaxNodes = 500;

    private readonly FilterLexer _lexer;
    private FilterToken _token;
    private int _depth;
    private int _nodes;

    private FilterParser(string text)
    {
        _lexer = new FilterLexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Parses; null for an empty filter.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT, with the position.</exception>
    public static FilterNode? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (text.Length > MaxLength)
        {
            throw StatusException.InvalidArgument($"`filter` is {text.Length} characters long; at most {MaxLength} are accepted.");
        }

        var parser = new FilterParser(text);
        var node = parser.Expression();
        return parser._token.Kind == FilterTokenKind.End ? node : throw parser.Unexpected("the end of the filter");
    }

    private FilterNode Expression()
    {
        if (++_depth > MaxDepth)
        {
            throw StatusException.InvalidArgument($"`filter` is nested deeper than {MaxDepth} levels.");
        }

        var operands = new List<FilterNode> { Factor() };
        while (true)
        {
            if (IsKeyword("AND"))
            {
                Advance();
                operands.Add(Factor());
            }
            else if (_token.Kind is FilterTokenKind.Word or FilterTokenKind.String or FilterTokenKind.Open or FilterTokenKind.Minus)
            {
                operands.Add(Factor());
            }
            else
            {
                break;
            }
        }

        _depth--;
        return operands.Count == 1 ? operands[0] : new AndNode(operands);
    }

    private FilterNode Factor()
    {
        var operands = new List<FilterNode> { Term() };
        while (IsKeyword("OR"))
        {
            Advance();
            operands.Add(Term());
        }

        return operands.Count == 1 ? operands[0] : new OrNode(operands);
    }

    private FilterNode Term()
    {
        if (++_nodes > MaxNodes)
        {
            throw StatusException.InvalidArgument($"`filter` has more than {MaxNodes} terms.");
        }

        if (_token.Kind == FilterTokenKind.Minus || IsKeyword("NOT"))
        {
            Advance();
            return new NotNode(Simple());
        }

        return Simple();
    }

    private FilterNode Simple()
    {
        if (_token.Kind != FilterTokenKind.Open)
        {
            return Restriction();
        }

        Advance();
        var inner = Expression();
        Expect(FilterTokenKind.Close, "')'");
        return inner;
    }

    private FilterNode Restriction()
    {
        var start = _token.Start;
        if (_token.Kind is not (FilterTokenKind.Word or FilterTokenKind.String) || IsKeyword("AND") || IsKeyword("OR"))
        {
            throw Unexpected("a field, a value or '('");
        }

        var path = new List<string> { _token.Text };
        var quoted = _token.Kind == FilterTokenKind.String;
        Advance();
        if (_token.Kind == FilterTokenKind.Open && !_token.Spaced && !quoted)
        {
            return Function(path[0], start);
        }

        while (_token.Kind == FilterTokenKind.Dot)
        {
            Advance();
            if (_token.Kind is not (FilterTokenKind.Word or FilterTokenKind.String))
            {
                throw Unexpected("a field name after '.'");
            }

            path.Add(_token.Text);
            Advance();
        }

        if (_token.Kind != FilterTokenKind.Operator)
        {
            return new TextNode(string.Join('.', path), start);
        }

        var op = _token.Text;
        Advance();
        return Argument(path, op, start);
    }

    /// <summary>
    /// What stands behind an operator: a value, or several in parentheses, joined by AND, OR and NOT, for each of which the comparison is
    /// made.
    /// </summary>
    private FilterNode Argument(List<string> path, string op, int start)
    {
        if (_token.Kind != FilterTokenKind.Open)
        {
            var (value, quoted) = Value();
            return new ComparisonNode(path, op, value, quoted, start);
        }

        if (++_depth > MaxDepth)
        {
            throw StatusException.InvalidArgument($"`filter` is nested deeper than {MaxDepth} levels.");
        }

        Advance();
        var all = new List<FilterNode>();
        do
        {
            if (all.Count > 0 && IsKeyword("AND"))
            {
                Advance();
            }

            var any = new List<FilterNode>();
            do
            {
                if (any.Count > 0)
                {
                    Advance();
                }

                if (++_nodes > MaxNodes)
                {
                    throw StatusException.InvalidArgument($"`filter` has more than {MaxNodes} terms.");
                }

                var not = IsKeyword("NOT");
                if (not)
                {
                    Advance();
                }

                var operand = Argument(path, op, start);
                any.Add(not ? new NotNode(operand) : operand);
            } while (IsKeyword("OR"));
            all.Add(any.Count == 1 ? any[0] : new OrNode(any));
        } while (_token.Kind != FilterTokenKind.Close);
        Advance();
        _depth--;
        return all.Count == 1 ? all[0] : new AndNode(all);
    }

    private FunctionNode Function(string name, int start)
    {
        Advance();
        var arguments = new List<string>();
        while (_token.Kind != FilterTokenKind.Close)
        {
            if (arguments.Count > 0)
            {
                Expect(FilterTokenKind.Comma, "',' or ')'");
            }

            if (_token.Kind is not (FilterTokenKind.Word or FilterTokenKind.String))
            {
                throw Unexpected("an argument");
            }

            var argument = _token.Text;
            Advance();
            while (_token.Kind == FilterTokenKind.Dot)
            {
                Advance();
                argument +=
                    "."
                    + (
                        _token.Kind is FilterTokenKind.Word or FilterTokenKind.String
                            ? _token.Text
                            : throw Unexpected("a field name after '.'")
                    );
                Advance();
            }

            arguments.Add(argument);
        }

        Advance();
        return new FunctionNode(name, arguments, start);
    }

    private (string Value, bool Quoted) Value()
    {
        switch (_token.Kind)
        {
            case FilterTokenKind.String:
                var text = _token.Text;
                Advance();
                return (text, true);
            case FilterTokenKind.Word or FilterTokenKind.Minus or FilterTokenKind.Dot:
                var bare = _token.Text + _lexer.ReadBareValueTail();
                Advance();
                return (bare, false);
            default:
                throw Unexpected("a value");
        }
    }

    private bool IsKeyword(string word) => _token.Kind == FilterTokenKind.Word && _token.Text == word;

    private void Advance() => _token = _lexer.Next();

    private void Expect(FilterTokenKind kind, string what)
    {
        if (_token.Kind != kind)
        {
            throw Unexpected(what);
        }

        Advance();
    }

    private StatusException Unexpected(string expected) =>
        StatusException.InvalidArgument(
            _token.Kind == FilterTokenKind.End
                ? $"`filter` ends where {expected} should follow."
                : $"`filter` has '{_token.Text}' at position {_token.Start + 1}, where {expected} should stand."
        );
}
