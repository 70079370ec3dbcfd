using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Cairn.Kernel.Store;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Tensorboards.Listing;

/// <summary>AIP-160 filters over messages that are composed when they are read, with the rules that the store's own filters have.</summary>
internal sealed class MessageFilter
{
    private readonly FilterNode? _root;

    private MessageFilter(FilterNode? root) => _root = root;

    public bool IsEmpty => _root is null;

    /// <param name="sample">An empty message of the kind: a filter that names what it does not have is refused even where nothing is
    /// listed.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static MessageFilter Parse(string text, IMessage sample)
    {
        var filter = new MessageFilter(FilterParser.Parse(text));
        filter.Matches(sample);
        return filter;
    }

    public bool Matches(IMessage message) => _root is null || Matches(_root, message);

    // No short cuts: every part is looked at, so that a mistake in any is told whatever the data are.
    private static bool Matches(FilterNode node, IMessage message) =>
        node switch
        {
            AndNode and => and.Operands.Aggregate(true, (all, operand) => Matches(operand, message) & all),
            OrNode or => or.Operands.Aggregate(false, (any, operand) => Matches(operand, message) | any),
            NotNode not => !Matches(not.Operand, message),
            TextNode text => Anywhere(text.Text, message),
            FunctionNode function => throw StatusException.InvalidArgument(
                $"`filter` calls '{function.Name}', which {message.Descriptor.Name} does not know."
            ),
            ComparisonNode comparison => Matches(comparison, message),
            _ => throw new InvalidOperationException($"Unknown filter node {node.GetType().Name}."),
        };

    private static bool Anywhere(string text, IMessage message)
    {
        var fields = message.Descriptor;
        var display = fields.FindFieldByName("display_name")?.Accessor.GetValue(message) as string ?? "";
        var name = fields.FindFieldByName("name")?.Accessor.GetValue(message) as string ?? "";
        return display.Contains(text, StringComparison.OrdinalIgnoreCase) || name[(name.LastIndexOf('/') + 1)..] == text;
    }

    private static bool Matches(ComparisonNode node, IMessage message)
    {
        if (node.Operator is "=~" or "!~")
        {
            throw StatusException.InvalidArgument(
                $"`filter` uses '{node.Operator}' at position {node.Position + 1}; regular expressions are not part of this filter language. Use '=' with '*' or ':'."
            );
        }

        var (value, field) = MessageFields.Read(message, node.Path);
        if (field.IsMap && node.Path[^1] == node.Path[0])
        {
            return node.Operator == ":" && ((System.Collections.IDictionary)field.Accessor.GetValue(message)).Contains(node.Value);
        }

        if (node.Operator == ":" && node is { Value: "*", Quoted: false })
        {
            return value is not null and not "";
        }

        if (field.IsMap || field.FieldType is FieldType.String or FieldType.Enum)
        {
            return Text(node, value as string, field);
        }

        return field.FieldType is FieldType.Bytes or FieldType.Message && !MessageFields.IsTime(field)
            ? throw StatusException.InvalidArgument(
                $"'{string.Join('.', node.Path)}' is not a plain value: ask for its presence with ':*', or name a field in it."
            )
            : Number(node, value, field);
    }

    private static bool Text(ComparisonNode node, string? text, FieldDescriptor field)
    {
        if (field.FieldType == FieldType.Enum && !field.IsMap && field.EnumType.FindValueByName(node.Value) is null)
        {
            throw StatusException.InvalidArgument(
                $"'{node.Value}' is no value of '{string.Join('.', node.Path)}'. It is one of {string.Join(", ", field.EnumType.Values.Select(static v => v.Name))}."
            );
        }

        // A label that is absent equals nothing.
        if (text is null)
        {
            return node.Operator == "!=";
        }

        var pattern = node.Value.Length > 1 && (node.Value.StartsWith('*') || node.Value.EndsWith('*'));
        return node.Operator switch
        {
            ":" => text.Contains(node.Value, StringComparison.OrdinalIgnoreCase),
            "=" => pattern ? IsLike(text, node.Value) : text == node.Value,
            "!=" => pattern ? !IsLike(text, node.Value) : text != node.Value,
            _ => Holds(node.Operator, string.CompareOrdinal(text, node.Value)),
        };
    }

    private static bool IsLike(string text, string pattern)
    {
        var parts = pattern.Split('*');
        var at = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (i == parts.Length - 1)
            {
                return text.Length - at >= parts[i].Length && text.EndsWith(parts[i], StringComparison.Ordinal);
            }

            var found =
                i == 0
                    ? (text.StartsWith(parts[0], StringComparison.Ordinal) ? 0 : -1)
                    : text.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + parts[i].Length;
        }

        return true;
    }

    private static bool Number(ComparisonNode node, object? value, FieldDescriptor field)
    {
        var given = Literal(node, field);
        if (value is null)
        {
            return node.Operator == "!=";
        }

        // Whole numbers are compared as such: steps go beyond what a double holds exactly.
        var order = (value, given) switch
        {
            (long a, long b) => a.CompareTo(b),
            (bool a, bool b) => a.CompareTo(b),
            _ => Convert.ToDouble(value, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(given, CultureInfo.InvariantCulture)),
        };
        return Holds(node.Operator, order);
    }

    private static object Literal(ComparisonNode node, FieldDescriptor field)
    {
        var name = string.Join('.', node.Path);
        if (MessageFields.IsTime(field))
        {
            return DateTimeOffset.TryParse(
                node.Value,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
                ? Timestamps.ToMicros(time)
                : throw StatusException.InvalidArgument($"'{name}' is compared with '{node.Value}'; write a time as 2026-01-31T15:04:05Z.");
        }

        if (field.FieldType == FieldType.Bool)
        {
            return node.Value switch
            {
                "true" or "1" => true,
                "false" or "0" => false,
                _ => throw StatusException.InvalidArgument($"'{name}' is true or false, not '{node.Value}'."),
            };
        }

        return long.TryParse(node.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
            : double.TryParse(node.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw StatusException.InvalidArgument($"'{name}' is a number, and '{node.Value}' is not.");
    }

    private static bool Holds(string op, int order) =>
        op switch
        {
            "=" or ":" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
}
