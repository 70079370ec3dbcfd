using Cairn.Kernel.Database;
using Cairn.Kernel.Filters;

namespace Cairn.Kernel.Store.Search;

/// <summary>
/// The condition being written, as a <see cref="FilterTerm"/> sees it: the row is <c>r</c> (with <c>r.name</c>), and values become
/// arguments.
/// </summary>
public interface IFilterSql
{
    SqlDialect Dialect { get; }

    /// <summary>Adds a value and returns its placeholder.</summary>
    string Argument(object? value);

    /// <summary>The comparison as it is made with the message's own field; it may be NULL where the field is absent.</summary>
    string Field(ComparisonNode node);

    /// <summary>A comparison of text as filters make it: <c>:</c> is "contains", and <c>=</c> knows patterns with <c>*</c>.</summary>
    /// <param name="expression">The SQL of the text.</param>
    /// <param name="op">The filter's operator.</param>
    /// <param name="value">What it is compared with.</param>
    string Text(string expression, string op, string value);
}
