using Cairn.Kernel.Filters;

namespace Cairn.Kernel.Store.Search;

/// <summary>
/// What a kind's filters can ask beyond its message's fields: a function (<c>in_context("…")</c>), or a field that is kept in the
/// capability's own tables (<c>parent_contexts:"…"</c>). Returns a condition over the row <c>r</c>, or null to leave the comparison to the
/// message's field of that name.
/// </summary>
/// <param name="node">A <see cref="FunctionNode"/> or <see cref="ComparisonNode"/>.</param>
/// <param name="sql">Where its values become arguments.</param>
public delegate string? FilterTerm(FilterNode node, IFilterSql sql);
