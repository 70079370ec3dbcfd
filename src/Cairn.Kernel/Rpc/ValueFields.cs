using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Reads requests that hold JSON of any form (<c>google.protobuf.Value</c>), such as the instances of a prediction. They may be millions of
/// numbers, for which the parser of messages takes ten times as long; it only gets what is beside them.
/// </summary>
internal static class ValueFields
{
    private const int MaxDepth = 100;

    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> Found = new();

    /// <summary>Whether a message has such fields at its top.</summary>
    public static bool Has(MessageDescriptor descriptor) => Of(descriptor).Length > 0;

    /// <param name="json">UTF-8.</param>
    /// <param name="descriptor">The message's type.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT that says what could not be taken.</exception>
    public static IMessage Parse(ReadOnlySpan<byte> json, MessageDescriptor descriptor)
    {
        var values = new Dictionary<FieldDescriptor, RepeatedField<Value>>();
        var others = new ArrayBufferWriter<byte>(256);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return RpcJson.Parse(Encoding.UTF8.GetString(json), descriptor);
            }

            using var writer = new Utf8JsonWriter(others);
            writer.WriteStartObject();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (Array.Find(Of(descriptor), candidate => candidate.Name == name || candidate.JsonName == name) is not { } field)
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(json[start..(int)reader.BytesConsumed]);
                    continue;
                }

                var items = new RepeatedField<Value>();
                if (!values.TryAdd(field, items))
                {
                    throw new JsonException($"`{name}` is there twice");
                }

                Read(ref reader, field, items);
            }

            // Nothing may follow: to read on is to find it.
            reader.Read();
            writer.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw StatusException.InvalidArgument(
                e.Message.Contains("maximum configured depth", StringComparison.Ordinal)
                    ? $"The request's body is nested deeper than {MaxDepth} levels."
                    : $"The request's body is not the JSON of a {descriptor.Name}: {e.Message}"
            );
        }

        var message = RpcJson.Parse(Encoding.UTF8.GetString(others.WrittenSpan), descriptor);
        foreach (var (field, items) in values)
        {
            if (field.IsRepeated)
            {
                ((RepeatedField<Value>)field.Accessor.GetValue(message)).AddRange(items);
            }
            else
            {
                field.Accessor.SetValue(message, items[0]);
            }
        }

        return message;
    }

    private static void Read(ref Utf8JsonReader reader, FieldDescriptor field, RepeatedField<Value> items)
    {
        if (!field.IsRepeated)
        {
            items.Add(ValueJson.Read(ref reader));
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            ValueJson.ReadItems(ref reader, items);
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            throw new JsonException($"`{field.JsonName}` is no list");
        }
    }

    private static FieldDescriptor[] Of(MessageDescriptor descriptor) =>
        Found.GetOrAdd(
            descriptor,
            static descriptor =>
                [
                    .. descriptor
                        .Fields.InDeclarationOrder()
                        .Where(static field =>
                            field.FieldType == FieldType.Message && !field.IsMap && field.MessageType.FullName == Value.Descriptor.FullName
                        ),
                ]
        );
}
