using System.Globalization;
using System.Text;
using Cairn.Kernel.Database;

namespace Cairn.Kernel.Store.Search;

/// <summary>SQL being written together with its arguments; values only ever become arguments.</summary>
internal sealed class SqlText(SqlDialect dialect)
{
    private readonly StringBuilder _text = new(256);
    private readonly List<object?> _arguments = [];

    public SqlDialect Dialect => dialect;

    public object?[] Arguments => [.. _arguments];

    public SqlText Add(string sql)
    {
        _text.Append(sql);
        return this;
    }

    /// <summary>Adds an argument and returns its placeholder, for use in a fragment.</summary>
    public string Argument(object? value)
    {
        _arguments.Add(value);
        return "$" + _arguments.Count.ToString(CultureInfo.InvariantCulture);
    }

    public override string ToString() => _text.ToString();
}
