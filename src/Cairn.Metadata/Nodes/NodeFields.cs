using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Nodes;

/// <summary>The fields that artifacts, executions and contexts have in common, by name.</summary>
internal sealed class NodeFields
{
    private static readonly ConcurrentDictionary<MessageDescriptor, NodeFields> Cache = new();

    private readonly MessageDescriptor _message;

    private NodeFields(MessageDescriptor message) => _message = message;

    public static NodeFields Of(IMessage node) => Cache.GetOrAdd(node.Descriptor, static descriptor => new NodeFields(descriptor));

    public string Name(IMessage node) => Text(node, "name");

    public void SetName(IMessage node, string value) => Field("name").Accessor.SetValue(node, value);

    public string DisplayName(IMessage node) => Text(node, "display_name");

    public string Title(IMessage node) => Text(node, "schema_title");

    public string Version(IMessage node) => Text(node, "schema_version");

    public void SetVersion(IMessage node, string value) => Field("schema_version").Accessor.SetValue(node, value);

    public string Uri(IMessage node) => _message.FindFieldByName("uri") is { } field ? (string)field.Accessor.GetValue(node) : "";

    public string Etag(IMessage node) => Text(node, "etag");

    public void SetEtag(IMessage node, string value) => Field("etag").Accessor.SetValue(node, value);

    public MapField<string, string> Labels(IMessage node) => (MapField<string, string>)Field("labels").Accessor.GetValue(node);

    public Struct? Metadata(IMessage node) => (Struct?)Field("metadata").Accessor.GetValue(node);

    private string Text(IMessage node, string field) => (string)Field(field).Accessor.GetValue(node);

    private FieldDescriptor Field(string name) => _message.FindFieldByName(name);
}
