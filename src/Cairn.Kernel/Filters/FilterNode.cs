namespace Cairn.Kernel.Filters;

/// <summary>A parsed AIP-160 filter.</summary>
public abstract record FilterNode;

/// <summary>All of the operands hold.</summary>
public sealed record AndNode(IReadOnlyList<FilterNode> Operands) : FilterNode;

/// <summary>One of the operands holds. Binds tighter than AND, as AIP-160 says.</summary>
public sealed record OrNode(IReadOnlyList<FilterNode> Operands) : FilterNode;

public sealed record NotNode(FilterNode Operand) : FilterNode;

/// <summary><c>path operator value</c>: <c>labels.env = "prod"</c>.</summary>
/// <param name="Path">The dotted path's segments, unquoted.</param>
/// <param name="Operator"><c>= != &lt; &lt;= &gt; &gt;= :</c>, or <c>=~ !~</c> where the language allows regular expressions.</param>
/// <param name="Value">The text of the argument, unquoted.</param>
/// <param name="Quoted">Whether it stood in quotes.</param>
/// <param name="Position">Where it starts, for error messages.</param>
public sealed record ComparisonNode(IReadOnlyList<string> Path, string Operator, string Value, bool Quoted, int Position) : FilterNode;

/// <summary>A bare word or string: matches anywhere in what a resource is searched by.</summary>
public sealed record TextNode(string Text, int Position) : FilterNode;

/// <summary><c>name(argument, …)</c>.</summary>
public sealed record FunctionNode(string Name, IReadOnlyList<string> Arguments, int Position) : FilterNode;
