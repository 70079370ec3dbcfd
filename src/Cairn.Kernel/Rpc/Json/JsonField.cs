using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc.Json;

/// <summary>A field as JSON shows it.</summary>
internal sealed class JsonField
{
    private readonly FieldDescriptor _descriptor;
    private JsonShape? _message;

    public JsonField(FieldDescriptor descriptor)
    {
        _descriptor = descriptor;
        Name = Encode(descriptor.JsonName);
        Type = descriptor.FieldType;
        IsMap = descriptor.IsMap;
        IsRepeated = descriptor.IsRepeated && !IsMap;
        if (Type == FieldType.Enum)
        {
            IsNull = descriptor.EnumType.FullName == "google.protobuf.NullValue";
            Symbols = descriptor
                .EnumType.Values.DistinctBy(static value => value.Number)
                .ToDictionary(static value => value.Number, static value => Encode(value.Name));
        }
    }

    public JsonEncodedText Name { get; }

    public FieldType Type { get; }

    /// <summary>A list, written as an array.</summary>
    public bool IsRepeated { get; }

    /// <summary>A list of entries with a key (1) and a value (2), written as an object.</summary>
    public bool IsMap { get; }

    /// <summary>The enum whose only value means JSON's null.</summary>
    public bool IsNull { get; }

    /// <summary>The names of an enum's values; of several names for one number, the first.</summary>
    public IReadOnlyDictionary<int, JsonEncodedText> Symbols { get; } = new Dictionary<int, JsonEncodedText>();

    /// <summary>
    /// Whether the field's values can be written in a form (<see cref="WireReader.Tag"/>), singly or, of a list of numbers, together. In
    /// another the field is one that the runtime did not know.
    /// </summary>
    public bool Takes(int form) => form == Form || (form == WireReader.Delimiter && IsRepeated);

    private int Form =>
        Type switch
        {
            FieldType.String or FieldType.Bytes or FieldType.Message => WireReader.Delimiter,
            FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => 1,
            FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => 5,
            _ => 0,
        };

    /// <summary>The shape of a message field. Found when it is first asked for: message types contain each other.</summary>
    public JsonShape Message => _message ??= JsonShape.Of(_descriptor.MessageType);

    private static JsonEncodedText Encode(string name) => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}
