using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Google.Cloud.Logging.V2;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Logs;

/// <summary>
/// Cloud Logging's query language: comparisons of any field, <c>:</c>, regular expressions, words that are searched everywhere. Case does
/// not count but in regular expressions.
/// </summary>
internal sealed class LogFilter
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(250);

    private readonly Func<LogEntry, bool> _predicate;

    private LogFilter(FilterNode? node)
    {
        Bounds = LogBounds.Of(node);
        _predicate = node is null ? static _ => true : Compile(node);
    }

    public LogBounds Bounds { get; }

    /// <exception cref="StatusException">INVALID_ARGUMENT, with what is wrong and where.</exception>
    public static LogFilter Parse(string text) => new(FilterParser.Parse(text));

    public bool Accepts(LogEntry entry)
    {
        try
        {
            return _predicate(entry);
        }
        catch (RegexMatchTimeoutException)
        {
            throw StatusException.InvalidArgument("`filter` has a regular expression that takes too long on this log; make it simpler.");
        }
    }

    private static Func<LogEntry, bool> Compile(FilterNode node)
    {
        switch (node)
        {
            case AndNode and:
                var all = and.Operands.Select(Compile).ToArray();
                return entry => Array.TrueForAll(all, operand => operand(entry));
            case OrNode or:
                var any = or.Operands.Select(Compile).ToArray();
                return entry => Array.Exists(any, operand => operand(entry));
            case NotNode not:
                var inner = Compile(not.Operand);
                return entry => !inner(entry);
            case TextNode text:
                return entry => LogFields.AllText(entry).Any(value => value.Contains(text.Text, StringComparison.OrdinalIgnoreCase));
            case FunctionNode { Name: "log_id", Arguments: [var id] }:
                return entry =>
                    entry.LogName.EndsWith("/logs/" + id, StringComparison.Ordinal)
                    || entry.LogName.EndsWith("/logs/" + Uri.EscapeDataString(id), StringComparison.Ordinal);
            case FunctionNode { Name: "SEARCH" or "search", Arguments: [.., var query] and { Count: 1 or 2 } arguments }:
                return Search(arguments.Count == 2 ? arguments[0].Split('.') : null, new LogWords(query));
            case ComparisonNode comparison:
                return Compile(comparison);
            default:
                throw StatusException.InvalidArgument(
                    $"`filter` uses {(node as FunctionNode)?.Name}(), which is not supported; log_id(ID), SEARCH(TEXT) and SEARCH(FIELD, TEXT) are."
                );
        }
    }

    private static Func<LogEntry, bool> Search(string[]? path, LogWords words)
    {
        if (words.IsEmpty)
        {
            throw StatusException.InvalidArgument("`filter` has a SEARCH() for nothing; give words.");
        }

        return path is null
            ? entry => words.AreIn(LogFields.AllText(entry))
            : entry => words.AreIn(LogFields.Values(entry, path).Select(LogFields.Text));
    }

    private static Func<LogEntry, bool> Compile(ComparisonNode comparison)
    {
        var (path, op, value) = (comparison.Path, comparison.Operator, comparison.Value);
        if (op is "=~" or "!~")
        {
            var regex = ParseRegex(value);
            return op == "=~"
                ? entry => LogFields.Values(entry, path).Any(field => regex.IsMatch(LogFields.Text(field)))
                : entry => !LogFields.Values(entry, path).Any(field => regex.IsMatch(LogFields.Text(field)));
        }

        Func<object, bool> test = path[0] switch
        {
            "severity" => Ordered(op, Severity(value), static field => (long)Convert.ToInt32(field, CultureInfo.InvariantCulture)),
            "timestamp" or "receiveTimestamp" or "receive_timestamp" => Ordered(
                op,
                Time(value),
                static field => LogTimes.Of((Timestamp)field)
            ),
            _ => Text(op, value),
        };
        return op == "!=" ? entry => !LogFields.Values(entry, path).Any(test) : entry => LogFields.Values(entry, path).Any(test);
    }

    private static Func<object, bool> Ordered(string op, long value, Func<object, long> read) =>
        op switch
        {
            "=" or "!=" or ":" => field => read(field) == value,
            "<" => field => read(field) < value,
            "<=" => field => read(field) <= value,
            ">" => field => read(field) > value,
            _ => field => read(field) >= value,
        };

    private static Func<object, bool> Text(string op, string value)
    {
        if (op == ":")
        {
            return value == "*" ? static _ => true : field => LogFields.Text(field).Contains(value, StringComparison.OrdinalIgnoreCase);
        }

        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return field =>
        {
            var order =
                isNumber && LogFields.Number(field) is { } fieldNumber ? fieldNumber.CompareTo(number)
                : op is "=" or "!=" ? string.Compare(LogFields.Text(field), value, StringComparison.OrdinalIgnoreCase)
                : string.CompareOrdinal(LogFields.Text(field), value);
            return op switch
            {
                "=" or "!=" => order == 0,
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        };
    }

    private static long Severity(string value) =>
        LogSeverities.TryParse(value, out var severity)
            ? severity
            : throw StatusException.InvalidArgument(
                $"`filter` compares severity with '{value}'; it must be one of DEFAULT, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, ALERT and EMERGENCY."
            );

    private static long Time(string value) =>
        LogTimes.TryParse(value, out var time)
            ? time
            : throw StatusException.InvalidArgument(
                $"`filter` compares a timestamp with '{value}'; it must be a time such as \"2026-01-31T12:00:00Z\"."
            );

    private static Regex ParseRegex(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, RegexLimit);
        }
        catch (ArgumentException e)
        {
            throw StatusException.InvalidArgument($"`filter` has the regular expression '{pattern}', which is not valid: {e.Message}");
        }
    }
}
