using Cairn.Kernel.Errors;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store.Search;

/// <summary>
/// Resolves dotted paths of filters and orders against a kind's message. Both spellings of a field, <c>create_time</c> and
/// <c>createTime</c>, are accepted.
/// </summary>
internal static class SearchFields
{
    private static readonly Dictionary<string, string> Columns = new()
    {
        ["name"] = "name",
        ["display_name"] = "display_name",
        ["state"] = "state",
        ["create_time"] = "create_time",
        ["update_time"] = "update_time",
    };

    /// <exception cref="StatusException">INVALID_ARGUMENT naming the path and, where the field is unknown, those that there
    /// are.</exception>
    public static SearchField Resolve(ResourceKind kind, IReadOnlyList<string> path)
    {
        var first = Find(kind.Descriptor, path[0]);
        if (first is null)
        {
            if (path.Count == 1 && (path[0] == "id" || path[0] == SnakeCase(kind.Name)))
            {
                return new SearchField(SearchType.Text, "id", []);
            }

            throw Unknown(kind.Descriptor, path, 0);
        }

        if (kind.Unsearchable.Contains(first.Name))
        {
            throw StatusException.InvalidArgument($"'{string.Join('.', path)}' cannot be searched by: '{first.Name}' is not indexed.");
        }

        if (path.Count == 1 && Columns.TryGetValue(first.Name, out var column) && IsColumn(first))
        {
            return new SearchField(TypeOf(first), column, [], first.FieldType == FieldType.Enum ? first.EnumType : null);
        }

        if (first.Name == "labels" && first.IsMap && path.Count >= 2)
        {
            // Keys of the system's have dots: labels.aiplatform.googleapis.com/ml_use.
            return new SearchField(SearchType.Text, null, [], LabelKey: string.Join('.', path.Skip(1)));
        }

        return Walk(kind.Descriptor, path);
    }

    private static SearchField Walk(MessageDescriptor root, IReadOnlyList<string> path)
    {
        var message = root;
        var done = new List<string>();
        List<string>? list = null;
        for (var i = 0; i < path.Count; i++)
        {
            var field = Find(message, path[i]) ?? throw Unknown(message, path, i);
            done.Add(field.Name);
            var last = i == path.Count - 1;
            if (field.IsMap)
            {
                var value = field.MessageType.FindFieldByNumber(2);
                if (last)
                {
                    return new SearchField(SearchType.Presence, null, done, List: list);
                }

                done.Add(Key(path[i + 1]));
                if (i + 2 == path.Count || value.FieldType != FieldType.Message)
                {
                    return new SearchField(TypeOf(value), null, done, value.FieldType == FieldType.Enum ? value.EnumType : null, list);
                }

                message = value.MessageType;
                i++;
                continue;
            }

            if (field.IsRepeated)
            {
                if (list is not null)
                {
                    throw StatusException.InvalidArgument(
                        $"'{string.Join('.', path)}' crosses two repeated fields; a filter can cross one."
                    );
                }

                list = done;
                done = [];
            }

            if (field.FieldType == FieldType.Message && IsDynamic(field.MessageType))
            {
                return new SearchField(SearchType.Dynamic, null, [.. done, .. DynamicTail(path, i + 1)], List: list);
            }

            if (last)
            {
                return new SearchField(TypeOf(field), null, done, field.FieldType == FieldType.Enum ? field.EnumType : null, list);
            }

            message =
                field.FieldType == FieldType.Message && TypeOf(field) == SearchType.Presence
                    ? field.MessageType
                    : throw StatusException.InvalidArgument(
                        $"'{path[i]}' in '{string.Join('.', path)}' is a plain value and has no field '{path[i + 1]}'."
                    );
        }

        throw new InvalidOperationException("The loop returns at the path's last segment.");
    }

    /// <summary>
    /// Keys inside a Struct; the accessors of <c>google.protobuf.Value</c> (<c>number_value</c> …) that the Metadata API's filters carry
    /// are dropped.
    /// </summary>
    private static IEnumerable<string> DynamicTail(IReadOnlyList<string> path, int from) =>
        path.Skip(from)
            .Where(static segment => segment is not ("number_value" or "string_value" or "bool_value" or "struct_value" or "fields"))
            .Select(Key);

    private static string Key(string key) =>
        key.AsSpan().IndexOfAny("\"\\\0{}") >= 0
            ? throw StatusException.InvalidArgument(
                $"The key '{key}' in `filter` has a character (quote, backslash, brace or NUL) that cannot be searched for."
            )
            : key;

    private static bool IsDynamic(MessageDescriptor message) =>
        message.FullName == Struct.Descriptor.FullName || message.FullName == Value.Descriptor.FullName;

    private static bool IsColumn(FieldDescriptor field) =>
        field.Name switch
        {
            "create_time" or "update_time" => TypeOf(field) == SearchType.Time,
            "state" => field.FieldType == FieldType.Enum,
            _ => field.FieldType == FieldType.String && !field.IsRepeated,
        };

    private static SearchType TypeOf(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String => SearchType.Text,
            FieldType.Bool => SearchType.Boolean,
            FieldType.Enum => SearchType.Enum,
            FieldType.Message when field.MessageType.FullName == Timestamp.Descriptor.FullName => SearchType.Time,
            FieldType.Message when field.MessageType.FullName == Duration.Descriptor.FullName => SearchType.Duration,
            FieldType.Message or FieldType.Group or FieldType.Bytes => SearchType.Presence,
            _ => SearchType.Number,
        };

    private static FieldDescriptor? Find(MessageDescriptor message, string name)
    {
        if (message.FindFieldByName(name) is { } field)
        {
            return field;
        }

        foreach (var candidate in message.Fields.InDeclarationOrder())
        {
            if (candidate.JsonName == name)
            {
                return candidate;
            }
        }

        return null;
    }

    private static StatusException Unknown(MessageDescriptor message, IReadOnlyList<string> path, int at) =>
        StatusException.InvalidArgument(
            $"'{string.Join('.', path)}' names no field: {message.Name} has no '{path[at]}'. It has {string.Join(", ", message.Fields.InDeclarationOrder().Select(static f => f.Name))}."
        );

    private static string SnakeCase(string name) =>
        string.Concat(
            name.Select(static (c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString())
        );
}
