using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Store;

/// <summary>The well-known fields of a resource message, by name, where it has them.</summary>
internal sealed class ResourceFields
{
    private static readonly ConcurrentDictionary<MessageDescriptor, ResourceFields> Cache = new();

    private readonly FieldDescriptor name;
    private readonly FieldDescriptor? displayName;
    private readonly FieldDescriptor? state;
    private readonly FieldDescriptor? createTime;
    private readonly FieldDescriptor? updateTime;
    private readonly FieldDescriptor? etag;
    private readonly FieldDescriptor? labels;

    private ResourceFields(MessageDescriptor message)
    {
        name = message.FindFieldByName("name") ?? throw new ArgumentException($"{message.FullName} has no field 'name' and cannot be a resource.");
        displayName = Text(message, "display_name");
        etag = Text(message, "etag");
        state = message.FindFieldByName("state") is { FieldType: FieldType.Enum, IsRepeated: false } s ? s : null;
        createTime = Time(message, "create_time");
        updateTime = Time(message, "update_time");
        labels = message.FindFieldByName("labels") is { IsMap: true } l && l.MessageType.FindFieldByNumber(2).FieldType == FieldType.String ? l : null;
    }

    public static ResourceFields Of(MessageDescriptor message) => Cache.GetOrAdd(message, static m => new ResourceFields(m));

    public string Name(IMessage resource) => (string)name.Accessor.GetValue(resource);

    public string DisplayName(IMessage resource) => displayName is null ? "" : (string)displayName.Accessor.GetValue(resource);

    public string State(IMessage resource) =>
        state is null ? "" : state.EnumType.FindValueByNumber(Convert.ToInt32(state.Accessor.GetValue(resource), System.Globalization.CultureInfo.InvariantCulture))?.Name ?? "";

    public IDictionary<string, string>? Labels(IMessage resource) => (IDictionary<string, string>?)labels?.Accessor.GetValue(resource);

    public string Etag(IMessage resource) => etag is null ? "" : (string)etag.Accessor.GetValue(resource);

    public void SetEtag(IMessage resource, string value) => etag?.Accessor.SetValue(resource, value);

    public void SetTimes(IMessage resource, long created, long updated)
    {
        createTime?.Accessor.SetValue(resource, Timestamps.ToTimestamp(created));
        updateTime?.Accessor.SetValue(resource, Timestamps.ToTimestamp(updated));
    }

    private static FieldDescriptor? Text(MessageDescriptor message, string field) =>
        message.FindFieldByName(field) is { FieldType: FieldType.String, IsRepeated: false } found ? found : null;

    private static FieldDescriptor? Time(MessageDescriptor message, string field) =>
        message.FindFieldByName(field) is { FieldType: FieldType.Message } found && found.MessageType.FullName == Timestamp.Descriptor.FullName ? found : null;
}
