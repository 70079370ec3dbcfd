using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store;

/// <summary>The well-known fields of a resource message, by name, where it has them.</summary>
internal sealed class ResourceFields
{
    private static readonly ConcurrentDictionary<MessageDescriptor, ResourceFields> Cache = new();

    private readonly FieldDescriptor _name;
    private readonly FieldDescriptor? _displayName;
    private readonly FieldDescriptor? _state;
    private readonly FieldDescriptor? _createTime;
    private readonly FieldDescriptor? _updateTime;
    private readonly FieldDescriptor? _etag;
    private readonly FieldDescriptor? _labels;

    private ResourceFields(MessageDescriptor message)
    {
        _name =
            message.FindFieldByName("name")
            ?? throw new ArgumentException($"{message.FullName} has no field 'name' and cannot be a resource.");
        _displayName = Text(message, "display_name");
        _etag = Text(message, "etag");
        _state = message.FindFieldByName("state") is { FieldType: FieldType.Enum, IsRepeated: false } s ? s : null;
        _createTime = Time(message, "create_time");
        _updateTime = Time(message, "update_time");
        _labels =
            message.FindFieldByName("labels") is { IsMap: true } l && l.MessageType.FindFieldByNumber(2).FieldType == FieldType.String
                ? l
                : null;
    }

    public static ResourceFields Of(MessageDescriptor message) => Cache.GetOrAdd(message, static m => new ResourceFields(m));

    public string Name(IMessage resource) => (string)_name.Accessor.GetValue(resource);

    public string DisplayName(IMessage resource) => _displayName is null ? "" : (string)_displayName.Accessor.GetValue(resource);

    public string State(IMessage resource) =>
        _state is null
            ? ""
            : _state
                .EnumType.FindValueByNumber(
                    Convert.ToInt32(_state.Accessor.GetValue(resource), System.Globalization.CultureInfo.InvariantCulture)
                )
                ?.Name
                ?? "";

    public IDictionary<string, string>? Labels(IMessage resource) => (IDictionary<string, string>?)_labels?.Accessor.GetValue(resource);

    public string Etag(IMessage resource) => _etag is null ? "" : (string)_etag.Accessor.GetValue(resource);

    public void SetEtag(IMessage resource, string value) => _etag?.Accessor.SetValue(resource, value);

    public void SetTimes(IMessage resource, long created, long updated)
    {
        _createTime?.Accessor.SetValue(resource, Timestamps.ToTimestamp(created));
        _updateTime?.Accessor.SetValue(resource, Timestamps.ToTimestamp(updated));
    }

    private static FieldDescriptor? Text(MessageDescriptor message, string field) =>
        message.FindFieldByName(field) is { FieldType: FieldType.String, IsRepeated: false } found ? found : null;

    private static FieldDescriptor? Time(MessageDescriptor message, string field) =>
        message.FindFieldByName(field) is { FieldType: FieldType.Message } found
        && found.MessageType.FullName == Timestamp.Descriptor.FullName
            ? found
            : null;
}
