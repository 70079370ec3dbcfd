using Cairn.Kernel.Filters;

namespace Cairn.Jobs.Logs;

/// <summary>What of a filter the table can answer by its indexes. The whole filter is checked on what it gives.</summary>
/// <param name="From">The least timestamp, in nanoseconds since 1970.</param>
/// <param name="To">The greatest.</param>
internal sealed record LogBounds(
    long From = long.MinValue,
    long To = long.MaxValue,
    string? Job = null,
    string? Log = null,
    int MinSeverity = 0
)
{
    /// <summary>Bounds that every entry which the filter accepts lies in.</summary>
    public static LogBounds Of(FilterNode? filter) =>
        filter switch
        {
            AndNode and => and.Operands.Aggregate(new LogBounds(), (bounds, operand) => bounds.Narrow(operand)),
            null => new LogBounds(),
            _ => new LogBounds().Narrow(filter),
        };

    private LogBounds Narrow(FilterNode node)
    {
        if (node is AndNode and)
        {
            return and.Operands.Aggregate(this, (bounds, operand) => bounds.Narrow(operand));
        }

        if (node is FunctionNode { Name: "log_id", Arguments: [var id] } && Uri.EscapeDataString(id) == id)
        {
            return this with { Log = id };
        }

        if (node is not ComparisonNode comparison)
        {
            return this;
        }

        switch (string.Join('.', comparison.Path), comparison.Operator)
        {
            case ("resource.labels.job_id", "="):
                return this with { Job = comparison.Value };
            case ("severity", ">=" or "=") when LogSeverities.TryParse(comparison.Value, out var severity):
                return this with { MinSeverity = Math.Max(MinSeverity, severity) };
            case ("timestamp", var op) when LogTimes.TryParse(comparison.Value, out var time):
                return op switch
                {
                    "=" => this with { From = Math.Max(From, time), To = Math.Min(To, time) },
                    ">" or ">=" => this with { From = Math.Max(From, time) },
                    "<" or "<=" => this with { To = Math.Min(To, time) },
                    _ => this,
                };
            default:
                return this;
        }
    }
}
