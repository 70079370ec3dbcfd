using Cairn.Kernel.Database;

namespace Cairn.Kernel.Store.Search;

/// <summary>The condition being written, as a <see cref="FilterTerm"/> sees it: the row is <c>r</c> (with <c>r.name</c>), and values become arguments.</summary>
public interface IFilterSql
{
    SqlDialect Dialect { get; }

    /// <summary>Adds a value and returns its placeholder.</summary>
    string Argument(object? value);
}
