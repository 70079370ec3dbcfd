using System.Collections;
using System.Globalization;
using Cairn.Kernel.Rpc.Json;
using Google.Cloud.Logging.V2;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.Logs;

/// <summary>
/// Finds what a filter's path names in an entry: message fields by either spelling, map keys, and the fields of JSON payloads.
/// </summary>
internal static class LogFields
{
    /// <summary>The values at a path; none where the entry has no such field.</summary>
    public static IEnumerable<object> Values(LogEntry entry, IReadOnlyList<string> path) => Walk(entry, path, 0);

    /// <summary>All text of an entry, for words that are searched everywhere.</summary>
    public static IEnumerable<string> AllText(LogEntry entry)
    {
        IEnumerable<string> own =
        [
            entry.TextPayload,
            entry.LogName,
            entry.InsertId,
            .. entry.Labels.Values,
            .. entry.Resource?.Labels.Values ?? [],
        ];
        return entry.JsonPayload is { } json ? own.Concat(JsonText(Value.ForStruct(json))) : own;
    }

    public static string Text(object value) =>
        value switch
        {
            string text => text,
            bool flag => flag ? "true" : "false",
            Value { KindCase: Value.KindOneofCase.StringValue } json => json.StringValue,
            Value { KindCase: Value.KindOneofCase.NumberValue } json => json.NumberValue.ToString("R", CultureInfo.InvariantCulture),
            Value { KindCase: Value.KindOneofCase.BoolValue } json => json.BoolValue ? "true" : "false",
            IMessage message => MessageJson.Text(message),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    public static double? Number(object value) =>
        value switch
        {
            Value { KindCase: Value.KindOneofCase.NumberValue } json => json.NumberValue,
            int or long or uint or ulong or float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => null,
        };

    private static IEnumerable<object> Walk(object? value, IReadOnlyList<string> path, int depth)
    {
        switch (value)
        {
            case null:
                return [];
            case Value { KindCase: Value.KindOneofCase.StructValue } json:
                return Walk(json.StructValue, path, depth);
            case Value { KindCase: Value.KindOneofCase.ListValue } json:
                return json.ListValue.Values.SelectMany(item => Walk(item, path, depth));
            case IDictionary map when depth < path.Count:
                return map.Contains(path[depth]) ? Walk(map[path[depth]], path, depth + 1) : [];
            case IDictionary map:
                return map.Values.Cast<object>();
            case IList list:
                return list.Cast<object>().SelectMany(item => Walk(item, path, depth));
            case Struct json when depth < path.Count:
                return json.Fields.TryGetValue(path[depth], out var field) ? Walk(field, path, depth + 1) : [];
            case IMessage message when depth < path.Count:
                var descriptor = Field(message.Descriptor, path[depth]);
                return descriptor is null || (descriptor.HasPresence && !descriptor.Accessor.HasValue(message))
                    ? []
                    : Walk(descriptor.Accessor.GetValue(message), path, depth + 1);
            default:
                return depth == path.Count ? [value] : [];
        }
    }

    private static FieldDescriptor? Field(MessageDescriptor message, string name) =>
        message.FindFieldByName(name) ?? message.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name);

    private static IEnumerable<string> JsonText(Value value) =>
        value.KindCase switch
        {
            Value.KindOneofCase.StructValue => value.StructValue.Fields.Values.SelectMany(JsonText),
            Value.KindOneofCase.ListValue => value.ListValue.Values.SelectMany(JsonText),
            Value.KindOneofCase.NullValue or Value.KindOneofCase.None => [],
            _ => [Text(value)],
        };
}
