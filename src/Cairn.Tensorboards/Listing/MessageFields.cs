using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tensorboards.Listing;

/// <summary>Reads a dotted path of a message. Both spellings of a field, <c>create_time</c> and <c>createTime</c>, are accepted.</summary>
internal static class MessageFields
{
    /// <summary>
    /// The value at a path as text, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or null where it is absent; times are in
    /// microseconds since 1970.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming the path and the fields that there are.</exception>
    public static (object? Value, FieldDescriptor Field) Read(IMessage message, IReadOnlyList<string> path)
    {
        IMessage? at = message;
        var descriptor = message.Descriptor;
        for (var i = 0; ; i++)
        {
            var field =
                Find(descriptor, path[i])
                ?? throw StatusException.InvalidArgument(
                    $"'{string.Join('.', path)}' names no field: {descriptor.Name} has no '{path[i]}'. It has {string.Join(", ", descriptor.Fields.InDeclarationOrder().Select(static f => f.Name))}."
                );
            var last = i == path.Count - 1;
            var value = at is null ? null : field.Accessor.GetValue(at);
            if (field.IsMap && i == path.Count - 2)
            {
                var map = (System.Collections.IDictionary?)value;
                return (map?.Contains(path[i + 1]) == true ? map[path[i + 1]] : null, field);
            }

            if (last)
            {
                return (Plain(value, field), field);
            }

            if (field.FieldType != FieldType.Message || field.IsRepeated || IsTime(field))
            {
                throw StatusException.InvalidArgument($"'{path[i]}' in '{string.Join('.', path)}' has no field '{path[i + 1]}'.");
            }

            (at, descriptor) = ((IMessage?)value, field.MessageType);
        }
    }

    public static bool IsTime(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType.FullName == Timestamp.Descriptor.FullName;

    private static object? Plain(object? value, FieldDescriptor field) =>
        value switch
        {
            null => null,
            Timestamp time => Timestamps.ToMicros(time),
            System.Enum => field
                .EnumType.FindValueByNumber(Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture))
                ?.Name,
            int number => (long)number,
            float number => (double)number,
            ByteString bytes => bytes.Length == 0 ? null : bytes,
            System.Collections.ICollection { Count: 0 } => null,
            _ => value,
        };

    private static FieldDescriptor? Find(MessageDescriptor message, string name) =>
        message.FindFieldByName(name) ?? message.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name);
}
